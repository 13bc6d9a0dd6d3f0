// Developer tools and infrastructure. The language is described in signature/language.hpp.

#include "signature/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"github", R"(
    algorithm hmac-sha256;
    signature header:X-Hub-Signature-256 prefix=sha256= encoding=hex;
    id header:X-GitHub-Delivery;
    type header:X-GitHub-Event;
)"},
    {"github-sha1", R"(
    algorithm hmac-sha1;
    signature header:X-Hub-Signature prefix=sha1= encoding=hex;
    id header:X-GitHub-Delivery;
    type header:X-GitHub-Event;
)"},
    {"gitlab", R"(
    algorithm token;
    signature header:X-GitLab-Token;
    id header:Idempotency-Key header:X-GitLab-Event-Uuid;
    type header:X-GitLab-Event;
)"},
    {"bitbucket", R"(
    algorithm hmac-sha256;
    signature header:X-Hub-Signature prefix=sha256= encoding=hex;
    id header:X-Request-Uuid;
    type header:X-Event-Key;
)"},
    {"gitea", R"(
    algorithm hmac-sha256;
    signature header:X-Gitea-Signature encoding=hex;
    # Of a form the decoded payload is signed, and no other field.
    message "{body}";
    message "{form:payload}";
    unsigned_body;
    unsigned_id;
    content signed;
    id header:X-Gitea-Delivery;
    type header:X-Gitea-Event;
)"},
    {"gogs", R"(
    # source: https://gogs.io/advancing/webhooks (read 2026-11-30) ; github gogs/gogs internal/database/webhook.go (read 2026-11-30)
    # retries: none
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Gogs-Signature encoding=hex;
    # Of a form the decoded payload is signed, and no other field.
    message "{body}";
    message "{form:payload}";
    unsigned_body;
    unsigned_id;
    content signed;
    id header:X-Gogs-Delivery;
    type header:X-Gogs-Event;
)"},
    {"jira", R"(
    algorithm hmac-sha256;
    signature header:X-Hub-Signature prefix=sha256= encoding=hex;
    id header:X-Atlassian-Webhook-Identifier;
    type json:/webhookEvent;
)"},
    {"linear", R"(
    algorithm hmac-sha256;
    signature header:Linear-Signature encoding=hex;
    timestamp json:/webhookTimestamp unit=ms window=60,60 exact;
    id header:Linear-Delivery;
    type header:Linear-Event json:/type;
)"},
    {"sentry", R"(
    algorithm hmac-sha256;
    signature header:Sentry-Hook-Signature encoding=hex;
    id header:Request-Id;
    type header:Sentry-Hook-Resource;
)"},
    {"vercel", R"(
    algorithm hmac-sha1;
    signature header:X-Vercel-Signature encoding=hex;
    id json:/id;
    type json:/type;
)"},
    {"heroku", R"(
    algorithm hmac-sha256;
    signature header:Heroku-Webhook-Hmac-Sha256 encoding=base64;
    id json:/webhook_metadata/event/id json:/id;
    type json:/webhook_metadata/event/include json:/resource;
)"},
    {"circleci", R"(
    algorithm hmac-sha256;
    signature header:Circleci-Signature split=, prefix=v1= encoding=hex;
    id json:/id;
    type header:Circleci-Event-Type json:/type;
)"},
    {"buildkite", R"(
    algorithm hmac-sha256;
    signature header:X-Buildkite-Signature split=, prefix=signature= encoding=hex;
    timestamp header:X-Buildkite-Signature split=, prefix=timestamp= unit=s;
    message "{ts}.{body}";
    id header:X-Buildkite-Request;
    type header:X-Buildkite-Event;
)"},
    {"buildkite-token", R"(
    # source: https://buildkite.com/docs/apis/webhooks/pipelines (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # Notification services that send their token as it is, not a signature.
    algorithm token;
    signature header:X-Buildkite-Token;
    id header:X-Buildkite-Request;
    type header:X-Buildkite-Event;
)"},
    {"pagerduty", R"(
    algorithm hmac-sha256;
    signature header:X-Pagerduty-Signature split=, prefix=v1= encoding=hex;
    id json:/event/id;
    type json:/event/event_type;
)"},
    {"cloudflare", R"(
    algorithm token;
    signature header:Cf-Webhook-Auth;
    id sha256:body;
    type json:/alert_type;
)"},
    {"cloudflare-stream", R"(
    algorithm hmac-sha256;
    signature header:Webhook-Signature split=, prefix=sig1= encoding=hex;
    timestamp header:Webhook-Signature split=, prefix=time= unit=s;
    message "{ts}.{body}";
    id json:/uid;
    type json:/status/state;
)"},
    {"okta", R"(
    algorithm token;
    signature header:Authorization;
    id json:/eventId;
    type json:/eventType;
    challenge method=GET has=header:X-Okta-Verification-Challenge type=application/json
              'body={"verification":"{header:X-Okta-Verification-Challenge}"}';
)"},
    {"workos", R"(
    algorithm hmac-sha256;
    signature header:Workos-Signature split=, trim prefix=v1= encoding=hex;
    timestamp header:Workos-Signature split=, trim prefix=t= unit=ms window=180,300 exact;
    message "{ts}.{body}";
    id json:/id;
    type json:/event;
)"},
    {"mux", R"(
    algorithm hmac-sha256;
    signature header:Mux-Signature split=, prefix=v1= encoding=hex;
    timestamp header:Mux-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
    id json:/id;
    type json:/type;
)"},
    {"sanity", R"(
    algorithm hmac-sha256;
    signature header:Sanity-Webhook-Signature "split=, " prefix=v1= encoding=base64url;
    timestamp header:Sanity-Webhook-Signature "split=, " prefix=t= unit=ms;
    message "{ts}.{body}";
    id header:Idempotency-Key;
    type header:Sanity-Operation;
)"},
    {"lob", R"(
    algorithm hmac-sha256;
    signature header:Lob-Signature encoding=hex;
    timestamp header:Lob-Signature-Timestamp unit=auto;
    message "{ts}.{body}";
    id json:/id;
    type json:/event_type/id;
)"},
    {"event-grid", R"(
    # Azure Event Grid, in its own schema or as CloudEvents: the secret stands in the URL, https://HOST/PATH?token=SECRET.
    algorithm token;
    signature query:token;
    unsigned_body;
    id json:/0/id json:/id;
    type json:/0/eventType json:/type;
    challenge after=verify when=json:/0/eventType=Microsoft.EventGrid.SubscriptionValidationEvent type=application/json
              'body={"validationResponse":"{json:/0/data/validationCode}"}';
    challenge method=OPTIONS after=verify has=header:WebHook-Request-Origin "match=header:WebHook-Request-Origin=[A-Za-z0-9.-]{1,253}"
              "header=WebHook-Allowed-Origin={header:WebHook-Request-Origin}" "header=WebHook-Allowed-Rate=*" "header=Allow=OPTIONS, POST";
)"},
    {"cloudevents", R"(
    # CloudEvents over HTTP with a bearer token; webhook_param allowed_origin names the senders that may register.
    algorithm token;
    signature header:Authorization "prefix=Bearer ";
    unsigned_body;
    id "{header:ce-source} {header:ce-id}" "{json:/source} {json:/id}";
    type header:ce-type json:/type;
    challenge optional method=OPTIONS has=header:WebHook-Request-Origin "among=header:WebHook-Request-Origin={config:allowed_origin}"
              "match=header:WebHook-Request-Origin=[A-Za-z0-9.-]{1,253}"
              "header=WebHook-Allowed-Origin={header:WebHook-Request-Origin}" "header=WebHook-Allowed-Rate=*" "header=Allow=OPTIONS, POST";
)"},
};
// clang-format on

}  // namespace

Definitions developer_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
