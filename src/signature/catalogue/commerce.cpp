// Shops, shipping, forms, e-mail and the tools around them. The language is described in
// signature/language.hpp.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"clickup", R"(
    # source: https://developer.clickup.com/docs/webhooksignature.md (read 2026-11-30)
    # retries: not documented
    # repeats: yes, a second change of one kind to one task
    algorithm hmac-sha256;
    signature header:X-Signature encoding=hex;
    type json:/event;
    repeats;
)"},
    {"launchdarkly", R"(
    # source: https://launchdarkly.com/docs/api/webhooks.md (read 2026-11-30) ; https://launchdarkly.com/docs/home/infrastructure/webhooks (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # The body is the entry of the audit log.
    algorithm hmac-sha256;
    signature header:X-LD-Signature encoding=hex;
    id json:/_id;
    type json:/kind;
)"},
    {"bitbucket-server", R"(
    # source: https://confluence.atlassian.com/display/BITBUCKETSERVER087/Manage+webhooks (read 2026-11-30) ; https://coderabbitai.github.io/bitbucket/interfaces/server.BitbucketServerWebhookHeaders.html (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Hub-Signature prefix=sha256= encoding=hex;
    id header:X-Request-Id;
    type header:X-Event-Key;
)"},
    {"google-channel", R"(
    # source: from memory
    # retries: keep the id
    # repeats: yes, but for the number of the message
    # Push notifications of Calendar, Drive and the like: the token of the channel, and mostly no body. Messages of a
    # channel are numbered.
    algorithm token;
    signature header:X-Goog-Channel-Token;
    unsigned_body;
    unsigned_id;
    id "{header:X-Goog-Channel-Id}:{header:X-Goog-Message-Number}";
    identity event;
    type header:X-Goog-Resource-State;
)"},
    {"mailgun-routes", R"(
    # source: github mailgun/documentation source/api-routes.rst (read 2026-11-30) ; from memory (what is signed)
    # retries: not documented
    # repeats: no
    # Forms of inbound routes. Time and token are signed, the message is not.
    algorithm hmac-sha256;
    signature form:signature encoding=hex;
    timestamp form:timestamp unit=s;
    message "{ts}{form:token}";
    unsigned_body;
    id form:token;
    type form:recipient;
)"},
    {"mailchimp", R"(
    # source: from memory
    # retries: keep the body
    # repeats: not documented
    # Mailchimp signs nothing: the secret stands in the URL that it is given, https://HOST/PATH?token=SECRET.
    algorithm token;
    signature query:token;
    unsigned_body;
    type form:type;
    challenge method=GET after=verify "body=";
    challenge method=HEAD after=verify;
)"},
    {"websub", R"(
    # source: from memory
    # retries: keep the body
    # repeats: not documented
    # Hubs of the WebSub recommendation; webhook_param topic names the feed that was subscribed to.
    algorithm hmac-sha1;
    signature header:X-Hub-Signature prefix=sha1= encoding=hex;
    challenge method=GET has=query:hub.challenge "require=query:hub.topic={config:topic}"
              "match=query:hub.challenge=[A-Za-z0-9_-]{1,256}" "body={query:hub.challenge}";
)"},
    {"plivo", R"(
    # source: npm plivo 4.79.0 (read 2026-11-30) ; from memory (the fields)
    # retries: not documented
    # repeats: not documented
    # POST callbacks of messages and calls to a URL without a query: Plivo signs the URL with "?" behind it.
    algorithm hmac-sha256;
    signature header:X-Plivo-Signature-V3 header:X-Plivo-Signature-MA-V3 split=, encoding=base64;
    message "{url}?{form|sorted}.{header:X-Plivo-Signature-V3-Nonce}";
    id form:MessageUUID form:CallUUID header:X-Plivo-Signature-V3-Nonce;
    type form:Status form:Event;
)"},
    {"messagebird", R"(
    # source: npm messagebird 4.0.1 (read 2026-11-30)
    # retries: make a new id
    # repeats: not documented
    # The token also holds a hash of the URL, which is not compared. Of requests without a body it binds nothing else.
    algorithm jwt-hs256;
    signature header:MessageBird-Signature-JWT;
    claims iss=MessageBird exp;
    digest claim:payload_hash algorithm=sha256 encoding=hex;
    type json:/type;
)"},
    {"vonage", R"(
    # source: npm @vonage/jwt 1.14.0 (read 2026-11-30) ; https://github.com/Vonage/vonage-ruby-sdk/pull/291/files (read 2026-11-30) ; from memory (the claims)
    # retries: not documented
    # repeats: not documented
    algorithm jwt-hs256;
    signature header:Authorization "prefix=Bearer ";
    timestamp claim:iat unit=s;
    digest claim:payload_hash algorithm=sha256 encoding=hex;
    id json:/message_uuid json:/uuid;
    type json:/status json:/channel;
)"},
    {"fusionauth", R"(
    # source: github hookdeck/webhook-skills skills/fusionauth-webhooks/references/verification.md (read 2026-11-30) ; from memory (the fields)
    # retries: not documented
    # repeats: no
    # For signing keys of HMAC with SHA-256.
    algorithm jwt-hs256;
    signature header:X-FusionAuth-Signature-JWT;
    digest claim:request_body_sha256 algorithm=sha256 encoding=base64;
    id json:/event/id;
    type json:/event/type;
)"},
    {"terraform", R"(
    # source: https://github.com/hashicorp/web-unified-docs/pull/866/files (read 2026-11-30) ; from memory (the fields)
    # retries: not documented
    # repeats: not documented
    # Notifications of HCP Terraform and Terraform Enterprise; the id is that of the run.
    algorithm hmac-sha512;
    signature header:X-TFE-Notification-Signature encoding=hex;
    id json:/run_id;
    type json:/notifications/0/trigger;
)"},
    {"storyblok", R"(
    # source: https://storyblok.com/cl/securing-webhooks (read 2026-11-30) ; from memory (the signature)
    # retries: not documented
    # repeats: yes, a story published again
    algorithm hmac-sha1;
    signature header:Webhook-Signature encoding=hex;
    id json:/story_id;
    type json:/action;
    repeats;
)"},
    {"tally", R"(
    # source: https://www.skills.sh/hookdeck/webhook-skills/tally-webhooks (read 2026-11-30) ; from memory (the fields)
    # retries: keep the id
    # repeats: no
    algorithm hmac-sha256;
    signature header:Tally-Signature encoding=base64;
    id json:/eventId;
    type json:/eventType;
)"},
    {"front", R"(
    # source: https://dev.frontapp.com/docs/application-webhooks (read 2026-11-30) ; https://dev.frontapp.com/docs/security-1.md (read 2026-11-30) ; from memory (the answer to the challenge)
    # retries: not documented
    # repeats: not documented
    # Application webhooks and channels.
    algorithm hmac-sha256;
    signature header:X-Front-Signature encoding=base64;
    timestamp header:X-Front-Request-Timestamp unit=ms;
    message "{ts}:{body}";
    id json:/payload/id;
    type json:/type;
    challenge after=verify has=header:X-Front-Challenge "match=header:X-Front-Challenge=[A-Za-z0-9_-]{1,256}"
              "body={header:X-Front-Challenge}";
)"},
    {"front-rules", R"(
    # source: https://dev.frontapp.com/docs/rule-webhooks (read 2026-11-30) ; from memory (the fields)
    # retries: not documented
    # repeats: not documented
    # Webhooks of rules; the key is the API secret.
    algorithm hmac-sha1;
    signature header:X-Front-Signature encoding=base64;
    id json:/id;
    type json:/type;
)"},
    {"cursor", R"(
    # source: github hookdeck/webhook-skills skills/cursor-webhooks/references/verification.md (read 2026-11-30) ; from memory (the headers)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Webhook-Signature prefix=sha256= encoding=hex;
    id header:X-Webhook-Id;
    type header:X-Webhook-Event;
)"},
    {"deepgram", R"(
    # source: github hookdeck/webhook-skills skills/deepgram-webhooks/references/verification.md (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # The identifier of the API key that asked for the transcription; nothing is signed.
    algorithm token;
    signature header:Dg-Token;
    unsigned_body;
    id json:/metadata/request_id json:/request_id;
)"},
    {"adobe-sign", R"(
    # source: https://helpx.adobe.com/ee/sign/help/adobesign_api_webhooks.html (read 2026-11-30) ; from memory (the answer)
    # retries: keep the id
    # repeats: no
    # The application's client id, which the answer repeats; nothing is signed.
    algorithm token;
    signature header:X-AdobeSign-ClientId;
    unsigned_body;
    id json:/webhookNotificationId;
    type json:/event;
    ack 200 application/json '{"xAdobeSignClientId":"{header:X-AdobeSign-ClientId}"}';
    challenge method=GET after=verify has=header:X-AdobeSign-ClientId type=application/json
              'body={"xAdobeSignClientId":"{header:X-AdobeSign-ClientId}"}';
)"},
    {"tailscale", R"(
    # source: https://tangled.org/stepbrobd.com/tailscale/raw/cgnat/docs/webhooks/example.go (read 2026-11-30) ; https://Tailscale.com/kb/1213/webhooks (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # The body is an array of events.
    algorithm hmac-sha256;
    signature header:Tailscale-Webhook-Signature split=, prefix=v1= encoding=hex;
    timestamp header:Tailscale-Webhook-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
    type json:/0/type;
)"},
    {"port-io", R"(
    # source: https://docs.port.io/actions-and-automations/setup-backend/webhook/signature-verification/ (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Port-Signature prefix=v1, encoding=base64;
    timestamp header:X-Port-Timestamp unit=s;
    message "{ts}.{body}";
    id json:/context/runId;
)"},
    {"ably", R"(
    # source: github ably/docs src/pages/docs/platform/integrations/webhooks/index.mdx (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # Batched webhooks; the key is the part of the API key after ":".
    algorithm hmac-sha256;
    signature header:X-Ably-Signature encoding=base64;
    type json:/items/0/name;
)"},
    {"ashby", R"(
    # source: https://developers.ashbyhq.com/docs/authenticating-webhooks (read 2026-11-30) ; https://www.skills.sh/hookdeck/webhook-skills/ashby-webhooks (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Ashby-Signature prefix=sha256= encoding=hex;
    type json:/action;
)"},
    {"configcat", R"(
    # source: github configcat/configcat-proxy web/webhook/webhook.go (read 2026-11-30) ; https://configcat.com/docs/V1/advanced/notifications-webhooks (read 2026-11-30)
    # retries: not documented
    # repeats: yes, but for the id
    # Several signatures while a key is being changed. The body is what the webhook was given, often the same.
    algorithm hmac-sha256;
    signature header:X-ConfigCat-Webhook-Signature-V1 split=, trim encoding=base64;
    timestamp header:X-ConfigCat-Webhook-Timestamp unit=s;
    message "{header:X-ConfigCat-Webhook-ID}{ts}{body}";
    id header:X-ConfigCat-Webhook-ID;
)"},
    {"cronofy", R"(
    # source: npm cronofy 3.8.4 (read 2026-11-30) ; from memory (the fields)
    # retries: not documented
    # repeats: yes, a second change since the same time
    # Several signatures while the client secret is being changed.
    algorithm hmac-sha256;
    signature header:Cronofy-HMAC-SHA256 split=, trim encoding=base64;
    id json:/channel/channel_id;
    type json:/notification/type;
    repeats;
)"},
    {"doppler", R"(
    # source: https://docs.doppler.com/docs/webhooks (read 2026-11-30) ; npm @hookflo/tern 4.1.0 (read 2026-11-30)
    # retries: not documented
    # repeats: yes, a second change of the same secrets, and payloads of one's own
    algorithm hmac-sha256;
    signature header:X-Doppler-Signature prefix=sha256= encoding=hex;
    type json:/type;
    repeats;
)"},
    {"dub", R"(
    # source: github dubinc/dub apps/web/lib/webhook/qstash.ts (read 2026-11-30)
    # retries: keep the id
    # repeats: no
    algorithm hmac-sha256;
    signature header:Dub-Signature encoding=hex;
    id json:/id;
    identity event;
    type json:/event;
)"},
    {"framer", R"(
    # source: https://www.framer.com/help/articles/framer-form-webhook-setup (read 2026-11-30) ; from memory (what is signed)
    # retries: not documented (up to five times)
    # repeats: yes, but for the id
    algorithm hmac-sha256;
    signature header:Framer-Signature prefix=sha256= encoding=hex;
    message "{body}{header:Framer-Webhook-Submission-Id}";
    id header:Framer-Webhook-Submission-Id;
)"},
    {"mailersend", R"(
    # source: npm mailersend 3.4.0 (read 2026-11-30) ; from memory (the fields)
    # retries: not documented
    # repeats: no
    algorithm hmac-sha256;
    signature header:Signature encoding=hex;
    id json:/data/id;
    type json:/type;
)"},
    {"sendcloud", R"(
    # source: https://sendcloud.dev/api/v3/webhooks/index.md (read 2026-11-30) ; https://sendcloud.dev/.openapi/v2/webhooks/openapi.yaml (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Sendcloud-Signature encoding=hex;
    id json:/parcel/id;
    type json:/action;
)"},
    {"fourthwall", R"(
    # source: https://docs.fourthwall.com/webhooks/signature-verification (read 2026-11-30) ; from memory (the fields)
    # retries: not documented
    # repeats: not documented
    # The second header is that of platform apps.
    algorithm hmac-sha256;
    signature header:X-Fourthwall-Hmac-SHA256 header:X-Fourthwall-Hmac-Apps-SHA256 encoding=base64;
    id json:/id;
    type json:/type;
)"},
    {"signwell", R"(
    # source: https://developers.signwell.com/reference/event-hash-verification.md (read 2026-11-30) ; from memory (the document)
    # retries: not documented
    # repeats: no
    # Type and time of the event are signed, the document is not. The key is the webhook's id.
    algorithm hmac-sha256;
    signature json:/event/hash encoding=hex;
    message "{json:/event/type}@{json:/event/time}";
    unsigned_body;
    unsigned_id;
    id json:/data/object/id;
    type json:/event/type;
)"},
    {"envoy", R"(
    # source: https://developers.envoy.com/hub/docs/create-webhooks (read 2026-11-30) ; from memory (the type)
    # retries: not documented (five times in ten minutes)
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Envoy-Signature encoding=base64;
    type json:/event;
)"},
    {"courier", R"(
    # source: https://www.skills.sh/hookdeck/webhook-skills/courier-webhooks (read 2026-11-30) ; from memory (the fields)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Courier-Signature split=, trim prefix=signature= encoding=hex;
    timestamp header:Courier-Signature split=, trim prefix=t= unit=auto;
    message "{ts}.{body}";
    id json:/data/id;
    type json:/type;
)"},
    {"bland", R"(
    # source: https://docs.bland.ai/tutorials/webhook-signing (read 2026-11-30) ; from memory (the fields)
    # retries: not documented
    # repeats: not documented
    # The id is that of the call.
    algorithm hmac-sha256;
    signature header:X-Webhook-Signature encoding=hex;
    id json:/call_id;
)"},
};
// clang-format on

}  // namespace

Definitions commerce_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
