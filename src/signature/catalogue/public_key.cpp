// Senders that sign with a private key or send a token, and those whose signature takes code. The language is
// described in signature/language.hpp.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"standard-ed25519", R"(
    # source: github standard-webhooks/standard-webhooks spec/standard-webhooks.md (read 2026-11-30)
    # retries: keep the id
    # repeats: yes, whatever the sender puts into it; the id is another
    algorithm ed25519;
    key whpk;
    signature header:webhook-signature "split= " prefix=v1a, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type json:/type;
    identity event;
)"},
    {"discord", R"(
    # source: github discord/discord-api-docs docs/events/webhook-events.mdx (read 2026-11-30) ; github discord/discord-api-docs developers/interactions/receiving-and-responding.mdx (read 2026-11-30)
    # retries: keep the body (from memory), for up to 10 minutes; none of interactions
    # repeats: no, events have their time
    # The id is that of an interaction; events have none. It is not documented whether a retry is signed anew.
    algorithm ed25519;
    key hex;
    signature header:X-Signature-Ed25519 encoding=hex;
    timestamp header:X-Signature-Timestamp unit=s window=900,300;
    message "{ts}{body}";
    id json:/id;
    type json:/event/type json:/type;
    identity event;
    challenge after=verify when=json:/type=1 absent=json:/event/type type=application/json 'body={"type":1}';
    challenge after=verify when=json:/type=0 absent=json:/event/type status=204;
)"},
    {"telnyx", R"(
    # source: npm telnyx 7.24.0 (read 2026-11-30)
    # retries: keep the id; meta.attempt counts them, and the second URL is tried too
    # repeats: no
    algorithm ed25519;
    key base64;
    signature header:Telnyx-Signature-Ed25519 encoding=base64;
    timestamp header:Telnyx-Timestamp unit=s;
    message "{ts}|{body}";
    id json:/data/id;
    type json:/data/event_type;
    identity event;
    volatile json:/meta/attempt json:/meta/delivered_to;
)"},
    {"sendgrid", R"(
    # source: github sendgrid/docs content/docs/for-developers/tracking-events/event.md (read 2026-11-30) ; github sendgrid/docs content/docs/for-developers/tracking-events/troubleshooting.md (read 2026-11-30) ; github sendgrid/docs content/docs/for-developers/tracking-events/getting-started-event-webhook.md (read 2026-11-30)
    # retries: keep the ids of events, for 24 hours; not documented whether with a new time
    # repeats: no
    # A batch of events. If a retry keeps the time of the first try it is 24 hours old; copies are told by the body.
    algorithm ecdsa-p256-sha256;
    key spki-base64;
    signature header:X-Twilio-Email-Event-Webhook-Signature encoding=base64;
    timestamp header:X-Twilio-Email-Event-Webhook-Timestamp unit=s window=90000,300;
    message "{ts}{body}";
    id json:/0/sg_event_id;
    type json:/0/event;
    identity event;
)"},
    {"admob", R"(
    # source: github googleads/googleads-mobile-android-examples java/advanced/RewardedSSVExample/README.md (read 2026-11-30)
    # retries: keep the id (from memory), up to five
    # repeats: no
    # Keys: https://www.gstatic.com/admob/reward/verifier-keys.json
    algorithm ecdsa-p256-sha256;
    key spki-base64 id=query:key_id;
    signature query:signature encoding=base64url;
    message "{query_string|before:&signature=}";
    id query:transaction_id;
    identity event;
    content signed;
    postback;
)"},
    {"paypal", R"(
    # source: github api-evangelist/paypal collections/paypal-verify-webhook-signature-api.postman_collection.json (read 2026-11-30) ; github api-evangelist/paypal collections/paypal-webhooks-events-api.opencollection.json (read 2026-11-30)
    # retries: not documented whether they keep the id; the body has the id of the event
    # repeats: no
    # The body is covered by a CRC alone, so the id of the transmission decides, not that of the event.
    # The certificate that PAYPAL-CERT-URL names, kept in a file of that name. A CRC is no hash: who has one genuine
    # message could make another body for it. PayPal tries for 3 days and does not say whether the time is a new one each
    # time: older than 4 days is stale, before that webhook_dedup knows the id.
    algorithm rsa-sha256;
    key pem id=header:PAYPAL-CERT-URL;
    signature header:PAYPAL-TRANSMISSION-SIG encoding=base64;
    timestamp header:PAYPAL-TRANSMISSION-TIME unit=rfc3339 window=345600,300;
    message "{header:PAYPAL-TRANSMISSION-ID}|{ts}|{config:webhook_id}|{body|crc32}";
    unsigned_body;
    id header:PAYPAL-TRANSMISSION-ID;
    type json:/event_type;
    identity event;
)"},
    {"wise", R"(
    # source: github transferwise/api-docs source/includes/reference/_webhook_events.md (read 2026-11-30)
    # retries: not documented whether they keep id and sent_at; up to 25 within two weeks: set webhook_dedup 15d
    # repeats: no, events have the second they were sent
    # Nothing but the body is signed, and bodies do not repeat: so the body decides, and a captured one cannot enter under a new id.
    algorithm rsa-sha256;
    key pem;
    signature header:X-Signature-SHA256 encoding=base64;
    message "{body}";
    id header:X-Delivery-Id;
    type json:/event_type;
    identity attempt;
)"},
    {"kick", R"(
    # source: github KickEngineering/KickDevDocs events/webhook-security.md (read 2026-11-30)
    # retries: keep the id, three tries
    # repeats: no
    # It is not documented whether a retry is signed anew: older than a day is stale, before that the id is known.
    algorithm rsa-sha256;
    key pem;
    signature header:Kick-Event-Signature encoding=base64;
    timestamp header:Kick-Event-Message-Timestamp unit=rfc3339 window=86400,300;
    message "{header:Kick-Event-Message-Id}.{ts}.{body}";
    id header:Kick-Event-Message-Id;
    type header:Kick-Event-Type;
    identity event;
)"},
    {"netlify", R"(
    # source: github api-evangelist/netlify asyncapi/netlify-webhooks-asyncapi.yml (read 2026-11-30)
    # retries: not documented
    # repeats: no, deploys have updated_at, submissions created_at
    # The id in the body is the deploy, which has many states, or the submission of a form.
    algorithm jwt-hs256;
    signature header:X-Webhook-Signature;
    claims iss=netlify;
    digest claim:sha256 algorithm=sha256 encoding=hex;
    type json:/state;
)"},
    {"plaid", R"(
    # source: npm plaid 47.0.0 (read 2026-11-30)
    # retries: keep the body (from memory), with a new token, for 24 hours
    # repeats: yes, SYNC_UPDATES_AVAILABLE of one item looks the same each time
    algorithm jwt-es256;
    key jwk;
    signature header:Plaid-Verification;
    timestamp claim:iat unit=s window=300,60 exact;
    digest claim:request_body_sha256 algorithm=sha256 encoding=hex;
    type json:/webhook_code;
    repeats;
)"},
    {"pubsub", R"(
    # source: npm @google-cloud/pubsub 5.3.1 (read 2026-11-30)
    # retries: keep the id, for 7 days unless the subscription says otherwise: set webhook_dedup 8d
    # repeats: yes, whatever the publisher sends; the id is another
    # Ids are unique within a topic. deliveryAttempt counts the tries.
    # Keys: https://www.googleapis.com/oauth2/v3/certs. A token of Google proves nothing without audience and email.
    algorithm jwt-rs256;
    key jwk;
    signature header:Authorization "prefix=Bearer ";
    claims exp iss=https://accounts.google.com iss=accounts.google.com "aud={config:audience}"
           "email={config:email}" email_verified=true;
    unsigned_body;
    id json:/message/messageId json:/message/message_id;
    type json:/message/attributes/eventType json:/message/attributes/type;
    identity thing;
    volatile json:/deliveryAttempt;
)"},
    {"aws-sns", R"(
    # source: npm sns-validator 0.3.5 (read 2026-11-30) ; github anymail/django-anymail anymail/webhooks/amazon_ses.py (read 2026-11-30)
    # retries: keep the id and the body (from memory), within hours
    # repeats: yes, whatever the publisher sends; the id is another
    # SNS gives up within hours: older than 4 days is stale, before that webhook_dedup knows the id.
    algorithm aws-sns;
    key pem;
    timestamp json:/Timestamp unit=rfc3339 window=345600,300;
    id json:/MessageId;
    type json:/Type;
    identity event;
    challenge after=verify when=json:/Type=SubscriptionConfirmation capture=Type=json:/Type capture=TopicArn=json:/TopicArn
              capture=SubscribeURL=json:/SubscribeURL capture=Token=json:/Token;
    challenge after=verify when=json:/Type=UnsubscribeConfirmation capture=Type=json:/Type capture=TopicArn=json:/TopicArn
              capture=SubscribeURL=json:/SubscribeURL capture=Token=json:/Token;
)"},
    {"http-signature", R"(
    # source: from memory
    # retries: not documented, as it is for the sender to say
    # repeats: not documented
    # RFC 9421 with a public key: ed25519, ecdsa-p256-sha256, rsa-pss-sha512 or rsa-v1_5-sha256. What the id names is not known.
    algorithm http-signature;
    covers @method @target-uri,@request-target,@path content-digest;
    id json:/id;
    type json:/type header:ce-type;
    identity thing;
)"},
    {"http-signature-hmac", R"(
    # source: from memory
    # retries: not documented, as it is for the sender to say
    # repeats: not documented
    # RFC 9421 with a shared secret. What the id names is not known.
    algorithm http-signature-hmac-sha256;
    covers @method @target-uri,@request-target,@path content-digest;
    id json:/id;
    type json:/type header:ce-type;
    identity thing;
)"},
    {"mailchannels", R"(
    # source: github Yizack/mailchannels src/types/webhooks/events.ts (read 2026-11-30)
    # retries: not documented
    # repeats: no, events have the second they happened
    algorithm http-signature;
    covers content-digest;
    type json:/0/event;
)"},
    {"contentful", R"(
    # source: https://www.contentful.com/developers/changelog/idempotency-key-headers-for-webhook-requests/ (read 2026-11-30)
    # retries: keep the id
    # repeats: yes, an entry that is published, withdrawn and published again; the id is another
    # The signature covers the headers that it lists, which need not be this one. Contentful has it compared with recent requests only.
    algorithm contentful;
    timestamp header:X-Contentful-Timestamp unit=ms window=30,30 exact;
    type header:X-Contentful-Topic;
    id header:X-Contentful-Idempotency-Key;
    identity thing;
)"},
};
// clang-format on

}  // namespace

Definitions public_key_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
