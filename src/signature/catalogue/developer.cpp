// Developer tools and infrastructure. The language is described in signature/language.hpp.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"github", R"(
    # source: github github/docs content/webhooks/using-webhooks/best-practices-for-using-webhooks.md (read 2026-11-30) ; https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries (read 2026-11-30)
    # retries: keep the id and the body; none by itself, only redeliveries that are asked for
    # repeats: yes, events without a time, such as a check run that is asked for twice; the id is another
    algorithm hmac-sha256;
    signature header:X-Hub-Signature-256 prefix=sha256= encoding=hex;
    id header:X-GitHub-Delivery;
    type header:X-GitHub-Event;
    identity event;
)"},
    {"github-sha1", R"(
    # source: github github/docs content/webhooks/using-webhooks/best-practices-for-using-webhooks.md (read 2026-11-30)
    # retries: keep the id and the body; none by itself, only redeliveries that are asked for
    # repeats: yes, events without a time; the id is another
    algorithm hmac-sha1;
    signature header:X-Hub-Signature prefix=sha1= encoding=hex;
    id header:X-GitHub-Delivery;
    type header:X-GitHub-Event;
    identity event;
)"},
    {"gitlab", R"(
    # source: github gitlabhq/gitlabhq app/services/web_hook_service.rb (read 2026-11-30) ; https://gitlab.com/gitlab-org/gitlab/-/merge_requests/160952 (read 2026-11-30)
    # retries: keep the id and the body; X-Gitlab-Webhook-UUID is another each time
    # repeats: yes, a tag that is made, deleted and made again; the id is another
    # Older versions send no Idempotency-Key: X-GitLab-Event-UUID names the request to GitLab and all events that it caused.
    algorithm token;
    signature header:X-GitLab-Token;
    id header:Idempotency-Key header:X-GitLab-Event-Uuid;
    type header:X-GitLab-Event;
    identity thing;
)"},
    {"bitbucket", R"(
    # source: github api-evangelist/bitbucket asyncapi/bitbucket-cloud-webhooks-asyncapi.yml (read 2026-11-30)
    # retries: not documented whether X-Request-UUID names the event or the attempt; X-Attempt-Number counts them
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Hub-Signature prefix=sha256= encoding=hex;
    id header:X-Request-Uuid;
    type header:X-Event-Key;
    identity thing;
)"},
    {"gitea", R"(
    # source: github go-gitea/gitea services/webhook/deliver.go (read 2026-11-30)
    # retries: none; a replay by hand is a new delivery of the same body
    # repeats: yes, a branch or tag that is made, deleted and made again; the id is another
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
    identity event;
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
    # source: https://mrrefactoring.github.io/jira.js/api/interfaces/webhooks.WebhookHeaders.html (read 2026-11-30)
    # retries: keep the id; X-Atlassian-Webhook-Retry counts them
    # repeats: no, the body has a timestamp in milliseconds (from memory)
    algorithm hmac-sha256;
    signature header:X-Hub-Signature prefix=sha256= encoding=hex;
    id header:X-Atlassian-Webhook-Identifier;
    type json:/webhookEvent;
    identity event;
)"},
    {"linear", R"(
    # source: npm @linear/sdk 98.0.0 (read 2026-11-30)
    # retries: keep the id, after 1 min, 1 h and 6 h (from memory)
    # repeats: not documented
    # webhookTimestamp must be the time of sending: the SDK refuses what is older than a minute.
    algorithm hmac-sha256;
    signature header:Linear-Signature encoding=hex;
    timestamp json:/webhookTimestamp unit=ms window=60,60 exact;
    id header:Linear-Delivery;
    type header:Linear-Event json:/type;
    identity event;
    volatile json:/webhookTimestamp;
)"},
    {"sentry", R"(
    # source: github getsentry/sentry src/sentry/sentry_apps/api/serializers/app_platform_event.py (read 2026-11-30) ; github getsentry/sentry src/sentry/utils/sentry_apps/webhooks.py (read 2026-11-30)
    # retries: make a new id; the body is built anew from the same data
    # repeats: yes, an issue that is resolved, opened and resolved again
    # Request-Id is made anew for each try. Going by the body alone would lose the second of two such events, so a retry is
    # stored again.
    algorithm hmac-sha256;
    signature header:Sentry-Hook-Signature encoding=hex;
    id header:Request-Id;
    type header:Sentry-Hook-Resource;
    identity thing;
)"},
    {"vercel", R"(
    # source: github api-evangelist/vercel asyncapi/vercel-webhooks-asyncapi.yml (read 2026-11-30) ; github hookdeck/webhook-skills skills/vercel-webhooks/references/overview.md (read 2026-11-30)
    # retries: not documented; for up to 24 hours
    # repeats: no, createdAt is in milliseconds
    algorithm hmac-sha1;
    signature header:X-Vercel-Signature encoding=hex;
    id json:/id;
    type json:/type;
    identity event;
)"},
    {"heroku", R"(
    # source: https://docs.rs/crate/heroku_rs/latest/target-redirect/x86_64-unknown-linux-gnu/heroku_rs/endpoints/apps/struct.AppWebhookDelivery.html (read 2026-11-30) ; https://devcenter.heroku.com/changelog-items/1966 (read 2026-11-30)
    # retries: keep the id of the event, for 72 hours; webhook_metadata names the attempt (from memory)
    # repeats: no
    algorithm hmac-sha256;
    signature header:Heroku-Webhook-Hmac-Sha256 encoding=base64;
    id json:/webhook_metadata/event/id json:/id;
    type json:/webhook_metadata/event/include json:/resource;
    identity event;
    volatile json:/webhook_metadata/attempt/id;
)"},
    {"circleci", R"(
    # source: github circleci/circleci-docs jekyll/_cci2/webhooks.adoc (read 2026-11-30)
    # retries: keep the id
    # repeats: no
    algorithm hmac-sha256;
    signature header:Circleci-Signature split=, prefix=v1= encoding=hex;
    id json:/id;
    type header:Circleci-Event-Type json:/type;
    identity event;
)"},
    {"buildkite", R"(
    # source: github buildkite/docs pages/apis/webhooks/pipelines.md (read 2026-11-30) ; github buildkite/docs pages/apis/webhooks/_webhook_signature.md (read 2026-11-30)
    # retries: not documented
    # repeats: yes, the body is the state when it is sent: two quick changes may look the same
    # The documentation does not mention X-Buildkite-Request, but requests have it.
    algorithm hmac-sha256;
    signature header:X-Buildkite-Signature split=, prefix=signature= encoding=hex;
    timestamp header:X-Buildkite-Signature split=, prefix=timestamp= unit=s;
    message "{ts}.{body}";
    id header:X-Buildkite-Request;
    type header:X-Buildkite-Event;
    identity thing;
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
    # source: github PagerDuty/developer-docs docs/webhooks/02-Behavior.md (read 2026-11-30) ; github PagerDuty/developer-docs docs/webhooks/01-Overview.md (read 2026-11-30)
    # retries: keep the id, for up to 48 hours; so does the unsigned X-Webhook-Id
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Pagerduty-Signature split=, prefix=v1= encoding=hex;
    id json:/event/id;
    type json:/event/event_type;
    identity event;
)"},
    {"cloudflare", R"(
    # source: github cloudflare/cloudflare-docs src/content/docs/notifications/reference/webhook-payload-schema.mdx (read 2026-11-30) ; github cloudflare/cloudflare-docs src/content/docs/notifications/get-started/configure-webhooks.mdx (read 2026-11-30)
    # retries: not documented
    # repeats: no, ts is the second of the notification; only the test message does
    # alert_correlation_id groups the notifications about one alert.
    algorithm token;
    signature header:Cf-Webhook-Auth;
    type json:/alert_type;
    id json:/alert_correlation_id sha256:body;
    identity thing;
)"},
    {"cloudflare-stream", R"(
    # source: github cloudflare/cloudflare-docs src/content/docs/stream/manage-video-library/using-webhooks.mdx (read 2026-11-30)
    # retries: not documented
    # repeats: no, modified is the time of the last change
    # uid is the video.
    algorithm hmac-sha256;
    signature header:Webhook-Signature split=, prefix=sig1= encoding=hex;
    timestamp header:Webhook-Signature split=, prefix=time= unit=s;
    message "{ts}.{body}";
    id json:/uid;
    type json:/status/state;
    identity thing;
)"},
    {"okta", R"(
    # source: github okta/okta-developer-docs packages/@okta/vuepress-site/docs/concepts/event-hooks/index.md (read 2026-11-30)
    # retries: not documented; one, for time-outs and 5xx
    # repeats: no, events have ids and times
    # Several events may come in one request.
    algorithm token;
    signature header:Authorization;
    id json:/eventId;
    type json:/data/events/0/eventType json:/eventType;
    identity event;
    challenge method=GET has=header:X-Okta-Verification-Challenge type=application/json
              'body={"verification":"{header:X-Okta-Verification-Challenge}"}';
)"},
    {"workos", R"(
    # source: https://workos.com/docs/events/data-syncing/webhooks.md (read 2026-11-30) ; npm @workos-inc/node 8.13.0 (read 2026-11-30)
    # retries: keep the id (from memory); the SDK wants a time of at most 3 minutes, so the time is that of sending
    # repeats: no
    algorithm hmac-sha256;
    signature header:Workos-Signature split=, trim prefix=v1= encoding=hex;
    timestamp header:Workos-Signature split=, trim prefix=t= unit=ms window=180,300 exact;
    message "{ts}.{body}";
    id json:/id;
    type json:/event;
    identity event;
)"},
    {"mux", R"(
    # source: npm @mux/mux-node 15.3.0 (read 2026-11-30)
    # retries: keep the id; attempts lists what was tried before
    # repeats: no
    algorithm hmac-sha256;
    signature header:Mux-Signature split=, prefix=v1= encoding=hex;
    timestamp header:Mux-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
    id json:/id;
    type json:/type;
    identity event;
    volatile json:/attempts;
)"},
    {"sanity", R"(
    # source: npm @sanity/webhook 4.0.4 (read 2026-11-30) ; https://www.sanity.io/docs/changelog/50ec6abf-fe0c-475b-ae72-314148860132.md (read 2026-11-30)
    # retries: keep the id (from memory); two, 30 s apart
    # repeats: yes, the body is what your projection makes of a document; the id is another
    algorithm hmac-sha256;
    signature header:Sanity-Webhook-Signature "split=, " prefix=v1= encoding=base64url;
    timestamp header:Sanity-Webhook-Signature "split=, " prefix=t= unit=ms;
    message "{ts}.{body}";
    id header:Idempotency-Key;
    type header:Sanity-Operation;
    identity event;
)"},
    {"lob", R"(
    # source: github lob/lob-openapi dist/lob-api-bundled.yml (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # It is not documented whether a retry is signed anew: older than 4 days is stale, before that the id is known.
    algorithm hmac-sha256;
    signature header:Lob-Signature encoding=hex;
    timestamp header:Lob-Signature-Timestamp unit=auto window=345600,300;
    message "{ts}.{body}";
    id json:/id;
    type json:/event_type/id;
    identity event;
)"},
    {"event-grid", R"(
    # source: github MicrosoftDocs/azure-docs articles/event-grid/delivery-and-retry.md (read 2026-11-30)
    # retries: keep the ids, for 24 hours unless configured otherwise; batches may be grouped anew
    # repeats: no
    # Azure Event Grid, in its own schema or as CloudEvents: the secret stands in the URL, https://HOST/PATH?token=SECRET.
    algorithm token;
    signature query:token;
    unsigned_body;
    id json:/0/id json:/id;
    type json:/0/eventType json:/type;
    identity event;
    challenge after=verify when=json:/0/eventType=Microsoft.EventGrid.SubscriptionValidationEvent type=application/json
              'body={"validationResponse":"{json:/0/data/validationCode}"}';
    challenge method=OPTIONS after=verify has=header:WebHook-Request-Origin "match=header:WebHook-Request-Origin=[A-Za-z0-9.-]{1,253}"
              "header=WebHook-Allowed-Origin={header:WebHook-Request-Origin}" "header=WebHook-Allowed-Rate=*" "header=Allow=OPTIONS, POST";
)"},
    {"cloudevents", R"(
    # source: github cloudevents/spec cloudevents/spec.md (read 2026-11-30)
    # retries: keep the id: what has the same source and id is a duplicate
    # repeats: yes, whatever the sender puts into it; the id is another
    # CloudEvents over HTTP with a bearer token; webhook_param allowed_origin names the senders that may register.
    algorithm token;
    signature header:Authorization "prefix=Bearer ";
    unsigned_body;
    id "{header:ce-source} {header:ce-id}" "{json:/source} {json:/id}";
    type header:ce-type json:/type;
    identity event vouched;
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
