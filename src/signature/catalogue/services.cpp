// Business services. The language is described in signature/language.hpp.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"dropbox-sign", R"(
    # source: github hellosign/hellosign-openapi openapi-raw.yaml (read 2026-11-30) ; npm @dropbox/sign 1.11.0 (read 2026-11-30)
    # retries: keep the id; multipart forms may have another boundary each time
    # repeats: yes in what is signed: two requests that are viewed within one second have one event_hash
    # Time and type of the event are signed, the rest is not: who has one signature can put another event beside it.
    algorithm hmac-sha256;
    signature form:json>json:/event/event_hash encoding=hex;
    message "{form:json>json:/event/event_time}{form:json>json:/event/event_type}";
    unsigned_body;
    id "{form:json>json:/event/event_hash|lower}";
    type form:json>json:/event/event_type;
    identity thing;
    ack 200 text/plain "Hello API Event Received";
)"},
    {"ms-graph", R"(
    # source: github microsoftgraph/microsoft-graph-docs-contrib concepts/change-notifications-delivery-webhooks.md (read 2026-11-30)
    # retries: keep the body (from memory), for up to 4 hours
    # repeats: yes, every change below the root of a drive looks the same (from memory)
    # The clientState of the subscription is in every notification; one request may hold those of many subscriptions.
    algorithm token;
    batch json:/value;
    signature json:/value/0/clientState;
    unsigned_body;
    type json:/value/0/changeType;
    repeats;
    challenge has=query:validationToken "body={query:validationToken}";
    ack 202;
)"},
    {"monday", R"(
    # source: from memory
    # retries: keep the id, every minute for 30 minutes
    # repeats: yes, a column that is set twice in the same way; the id is another
    # monday signs nothing: the secret stands in the URL that it is given, https://HOST/PATH?token=SECRET.
    algorithm token;
    signature query:token;
    unsigned_body;
    id json:/event/triggerUuid;
    type json:/event/type;
    identity event;
    challenge has=json:/challenge absent=json:/event/type type=application/json 'body={"challenge":"{json:/challenge}"}';
)"},
    {"hubspot-v1", R"(
    # source: github api-evangelist/hubspot asyncapi/hubspot-webhooks-asyncapi.yml (read 2026-11-30) ; npm @hubspot/api-client 13.5.0 (read 2026-11-30)
    # retries: keep the ids, ten within 24 hours; attemptNumber counts them
    # repeats: no, events have their time
    # A request holds up to 100 events.
    algorithm sha256;
    signature header:X-HubSpot-Signature encoding=hex;
    message "{secret}{body}";
    id json:/0/eventId;
    type json:/0/subscriptionType;
    identity event;
    volatile json:/*/attemptNumber;
)"},
    {"hubspot-v2", R"(
    # source: github api-evangelist/hubspot asyncapi/hubspot-webhooks-asyncapi.yml (read 2026-11-30) ; npm @hubspot/api-client 13.5.0 (read 2026-11-30)
    # retries: keep the ids, ten within 24 hours; attemptNumber counts them
    # repeats: no, events have their time
    # A request holds up to 100 events.
    algorithm sha256;
    signature header:X-HubSpot-Signature encoding=hex;
    message "{secret}{method}{url}{body}";
    id json:/0/eventId;
    type json:/0/subscriptionType;
    identity event;
    volatile json:/*/attemptNumber;
)"},
    {"hubspot-v3", R"(
    # source: github api-evangelist/hubspot asyncapi/hubspot-webhooks-asyncapi.yml (read 2026-11-30) ; npm @hubspot/api-client 13.5.0 (read 2026-11-30)
    # retries: keep the ids, ten within 24 hours; attemptNumber counts them
    # repeats: no, events have their time
    # A request holds up to 100 events.
    algorithm hmac-sha256;
    signature header:X-HubSpot-Signature-V3 encoding=base64;
    timestamp header:X-HubSpot-Request-Timestamp unit=ms;
    # HubSpot signs the URL with :/?@!$'()*,; decoded.
    message "{method}{url}{body}{ts}";
    message "{method}{url|decoded::/?@!$'()*,;}{body}{ts}";
    id json:/0/eventId;
    type json:/0/subscriptionType;
    identity event;
    volatile json:/*/attemptNumber;
)"},
    {"zendesk", R"(
    # source: github api-evangelist/zendesk asyncapi/zendesk-webhooks-asyncapi.yml (read 2026-11-30) ; https://developer.zendesk.com/api-reference/webhooks/introduction (read 2026-11-30)
    # retries: keep the unsigned id (from memory); for some answers only
    # repeats: yes, the body is what the trigger says; the id is another
    algorithm hmac-sha256;
    signature header:X-Zendesk-Webhook-Signature encoding=base64;
    timestamp header:X-Zendesk-Webhook-Signature-Timestamp unit=rfc3339;
    message "{ts}{body}";
    id header:X-Zendesk-Webhook-Invocation-Id;
    type json:/type;
    identity event;
)"},
    {"box", R"(
    # source: github box/developer.box.com content/guides/webhooks/v2/index.md (read 2026-11-30) ; github box/developer.box.com content/guides/webhooks/v2/signatures-v2.md (read 2026-11-30)
    # retries: keep the id, twelve within 2 hours; the unsigned BOX-DELIVERY-ID is another each time
    # repeats: no
    algorithm hmac-sha256;
    signature header:Box-Signature-Primary header:Box-Signature-Secondary encoding=base64;
    timestamp header:Box-Delivery-Timestamp unit=rfc3339 window=600,300;
    message "{body}{ts}";
    id header:Box-Delivery-Id json:/id;
    type json:/trigger;
    identity attempt;
)"},
    {"notion", R"(
    # source: npm @notionhq/client 5.26.0 (read 2026-11-30) ; github api-evangelist/notion asyncapi/notion-webhooks-asyncapi.yml (read 2026-11-30)
    # retries: keep the id, up to eight; attempt_number counts them
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Notion-Signature prefix=sha256= encoding=hex;
    id json:/id;
    type json:/type;
    identity event;
    volatile json:/attempt_number;
    challenge optional has=json:/verification_token absent=header:X-Notion-Signature
              "require=query:setup={config:setup}" capture=verification_token=json:/verification_token;
)"},
    {"airtable", R"(
    # source: github gtalarico/pyairtable pyairtable/models/webhook.py (read 2026-11-30) ; github api-evangelist/airtable asyncapi/airtable-webhooks-asyncapi.yml (read 2026-11-30)
    # retries: not documented whether the body stays
    # repeats: no, the timestamp is in milliseconds
    # A ping without content.
    algorithm hmac-sha256;
    key base64;
    signature header:X-Airtable-Content-Mac prefix=hmac-sha256= encoding=hex;
)"},
    {"asana", R"(
    # source: github api-evangelist/asana asyncapi/asana-webhooks-asyncapi.yml (read 2026-11-30)
    # retries: not documented whether events are grouped anew; for 24 hours (from memory)
    # repeats: no, events have their time; only the empty heartbeats do
    algorithm hmac-sha256;
    signature header:X-Hook-Signature encoding=hex;
    type json:/events/0/action;
    challenge has=header:X-Hook-Secret absent=header:X-Hook-Signature "match=header:X-Hook-Secret=[A-Za-z0-9_-]{1,256}"
              "header=X-Hook-Secret={header:X-Hook-Secret}";
)"},
    {"trello", R"(
    # source: https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks (read 2026-11-30) ; https://mrrefactoring.github.io/trello.js/recipes/webhooks (read 2026-11-30)
    # retries: keep the id, after 30, 60 and 120 s (from memory)
    # repeats: no
    # An action is sent to each webhook that sees it: those of a board and of a card may have the same URL.
    algorithm hmac-sha1;
    signature header:X-Trello-Webhook encoding=base64;
    message "{body}{url}";
    id json:/action/id;
    type json:/action/type;
    identity thing;
    challenge method=HEAD;
)"},
    {"calendly", R"(
    # source: github api-evangelist/calendly asyncapi/calendly-webhook-api-asyncapi.yml (read 2026-11-30)
    # retries: not documented whether the body stays; for 24 hours (from memory)
    # repeats: no, created_at is the time of the event
    algorithm hmac-sha256;
    signature header:Calendly-Webhook-Signature split=, prefix=v1= encoding=hex;
    timestamp header:Calendly-Webhook-Signature split=, prefix=t= unit=s window=180,300 exact;
    message "{ts}.{body}";
    type json:/event;
)"},
    {"segment", R"(
    # source: github segmentio/segment-docs src/connections/destinations/catalog/webhooks/index.md (read 2026-11-30) ; github segmentio/segment-docs src/connections/destinations/catalog/actions-webhook/index.md (read 2026-11-30)
    # retries: keep the id, for up to 4 hours
    # repeats: yes, whatever the source sends; the id is another
    # The id is made by the library of the source, which may use its own. Of batches Segment signs the first event alone, so
    # batching must be off.
    algorithm hmac-sha1;
    signature header:X-Signature encoding=hex;
    id json:/messageId;
    type json:/type;
    identity thing;
)"},
    {"typeform", R"(
    # source: github api-evangelist/typeform asyncapi/typeform-asyncapi.yml (read 2026-11-30)
    # retries: keep the id (from memory), for up to 10 hours
    # repeats: no
    algorithm hmac-sha256;
    signature header:Typeform-Signature prefix=sha256= encoding=base64;
    id json:/event_id;
    type json:/event_type;
    identity event;
)"},
    {"docusign", R"(
    # source: github api-evangelist/docusign asyncapi/docusign-connect-asyncapi.yml (read 2026-11-30) ; https://developers.docusign.com/platform/webhooks/connect/legacy-message-formats (read 2026-11-30)
    # retries: not documented what else changes; retryCount counts them
    # repeats: no, generatedDateTime is the time of the message
    algorithm hmac-sha256;
    signature header:X-Docusign-Signature-1 header:X-Docusign-Signature-2 header:X-Docusign-Signature-3 encoding=base64;
    type json:/event;
    volatile json:/retryCount;
)"},
    {"dropbox", R"(
    # source: github dropbox/mdwebhook app.py (read 2026-11-30)
    # retries: keep the body (from memory)
    # repeats: yes, all changes of one account look the same
    algorithm hmac-sha256;
    signature header:X-Dropbox-Signature encoding=hex;
    repeats;
    challenge method=GET has=query:challenge "match=query:challenge=[A-Za-z0-9_-]{1,256}" "body={query:challenge}";
)"},
    {"calcom", R"(
    # source: github calcom/cal.com packages/features/webhooks/lib/sendPayload.ts (read 2026-11-30)
    # retries: keep the body, as it holds the time it was made
    # repeats: no, createdAt is in milliseconds; a template of your own may leave it out
    algorithm hmac-sha256;
    signature header:X-Cal-Signature-256 encoding=hex;
    type json:/triggerEvent;
)"},
    {"klaviyo", R"(
    # source: github api-evangelist/klaviyo asyncapi/klaviyo-webhooks-asyncapi.yaml (read 2026-11-30)
    # retries: not documented; Klaviyo-Timestamp is the time of dispatch
    # repeats: no, events have ids and times
    # A request holds several events. Klaviyo-Webhook-Id is the subscription.
    algorithm hmac-sha256;
    signature header:Klaviyo-Signature encoding=hex;
    timestamp header:Klaviyo-Timestamp unit=http-date;
    message "{body}{ts}";
    id json:/data/0/external_id;
    type json:/data/0/topic;
    identity event;
)"},
    {"persona", R"(
    # source: github persona-id/persona-openapi 2020-05-18/components/examples/account-created-webhook-body.yaml (read 2026-11-30)
    # retries: keep the id (from memory)
    # repeats: no
    # It is not documented whether a retry is signed anew.
    algorithm hmac-sha256;
    signature header:Persona-Signature "split=, " prefix=v1= encoding=hex;
    timestamp header:Persona-Signature "split=, " prefix=t= unit=s;
    message "{ts}.{body}";
    id json:/data/id;
    type json:/data/attributes/name;
    identity event;
)"},
    {"webflow", R"(
    # source: npm webflow-api 3.3.4 (read 2026-11-30) ; github hookdeck/webhook-skills skills/webflow-webhooks/references/overview.md (read 2026-11-30)
    # retries: not documented whether with a new time; three, 10 minutes apart
    # repeats: yes, a stock that goes down and up again; the time in the header is another
    # payload.id is the form, item, page or order. With the time beside it two changes of a thing to the same state are two events.
    algorithm hmac-sha256;
    signature header:X-Webflow-Signature encoding=hex;
    timestamp header:X-Webflow-Timestamp unit=ms;
    message "{ts}:{body}";
    id "{header:X-Webflow-Timestamp}[:{json:/payload/id}]";
    type json:/triggerType;
    identity thing;
)"},
};
// clang-format on

}  // namespace

Definitions services_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
