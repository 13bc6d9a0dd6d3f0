// Business services. The language is described in signature/language.hpp.

#include "signature/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"dropbox-sign", R"(
    # Time and type of the event are signed, the rest is not.
    algorithm hmac-sha256;
    signature form:json>json:/event/event_hash encoding=hex;
    message "{form:json>json:/event/event_time}{form:json>json:/event/event_type}";
    unsigned_body;
    id "{form:json>json:/event/event_hash|lower}";
    type form:json>json:/event/event_type;
    ack 200 text/plain "Hello API Event Received";
)"},
    {"ms-graph", R"(
    # The clientState of the subscription, in every notification.
    algorithm token;
    batch json:/value;
    signature json:/value/0/clientState;
    unsigned_body;
    id sha256:body;
    type json:/value/0/changeType;
    challenge has=query:validationToken "body={query:validationToken}";
    ack 202;
)"},
    {"monday", R"(
    # monday signs nothing: the secret stands in the URL that it is given, https://HOST/PATH?token=SECRET.
    algorithm token;
    signature query:token;
    unsigned_body;
    id json:/event/triggerUuid;
    type json:/event/type;
    challenge has=json:/challenge absent=json:/event/type type=application/json 'body={"challenge":"{json:/challenge}"}';
)"},
    {"hubspot-v1", R"(
    algorithm sha256;
    signature header:X-HubSpot-Signature encoding=hex;
    message "{secret}{body}";
    id json:/0/eventId;
    type json:/0/subscriptionType;
)"},
    {"hubspot-v2", R"(
    algorithm sha256;
    signature header:X-HubSpot-Signature encoding=hex;
    message "{secret}{method}{url}{body}";
    id json:/0/eventId;
    type json:/0/subscriptionType;
)"},
    {"hubspot-v3", R"(
    algorithm hmac-sha256;
    signature header:X-HubSpot-Signature-V3 encoding=base64;
    timestamp header:X-HubSpot-Request-Timestamp unit=ms;
    # HubSpot signs the URL with :/?@!$'()*,; decoded.
    message "{method}{url}{body}{ts}";
    message "{method}{url|decoded::/?@!$'()*,;}{body}{ts}";
    id json:/0/eventId;
    type json:/0/subscriptionType;
)"},
    {"zendesk", R"(
    algorithm hmac-sha256;
    signature header:X-Zendesk-Webhook-Signature encoding=base64;
    timestamp header:X-Zendesk-Webhook-Signature-Timestamp unit=rfc3339;
    message "{ts}{body}";
    id header:X-Zendesk-Webhook-Invocation-Id;
    type json:/type;
)"},
    {"box", R"(
    algorithm hmac-sha256;
    signature header:Box-Signature-Primary header:Box-Signature-Secondary encoding=base64;
    timestamp header:Box-Delivery-Timestamp unit=rfc3339 window=600,300;
    message "{body}{ts}";
    id header:Box-Delivery-Id;
    type json:/trigger;
)"},
    {"notion", R"(
    algorithm hmac-sha256;
    signature header:X-Notion-Signature prefix=sha256= encoding=hex;
    id json:/id;
    type json:/type;
    challenge optional has=json:/verification_token absent=header:X-Notion-Signature
              "require=query:setup={config:setup}" capture=verification_token=json:/verification_token;
)"},
    {"airtable", R"(
    algorithm hmac-sha256;
    key base64;
    signature header:X-Airtable-Content-Mac prefix=hmac-sha256= encoding=hex;
    id sha256:body;
)"},
    {"asana", R"(
    algorithm hmac-sha256;
    signature header:X-Hook-Signature encoding=hex;
    id sha256:body;
    type json:/events/0/action;
    challenge has=header:X-Hook-Secret absent=header:X-Hook-Signature "match=header:X-Hook-Secret=[A-Za-z0-9_-]{1,256}"
              "header=X-Hook-Secret={header:X-Hook-Secret}";
)"},
    {"trello", R"(
    algorithm hmac-sha1;
    signature header:X-Trello-Webhook encoding=base64;
    message "{body}{url}";
    id json:/action/id;
    type json:/action/type;
    challenge method=HEAD;
)"},
    {"calendly", R"(
    algorithm hmac-sha256;
    signature header:Calendly-Webhook-Signature split=, prefix=v1= encoding=hex;
    timestamp header:Calendly-Webhook-Signature split=, prefix=t= unit=s window=180,300 exact;
    message "{ts}.{body}";
    id sha256:body;
    type json:/event;
)"},
    {"segment", R"(
    algorithm hmac-sha1;
    signature header:X-Signature encoding=hex;
    id json:/messageId;
    type json:/type;
)"},
    {"typeform", R"(
    algorithm hmac-sha256;
    signature header:Typeform-Signature prefix=sha256= encoding=base64;
    id json:/event_id;
    type json:/event_type;
)"},
    {"docusign", R"(
    algorithm hmac-sha256;
    signature header:X-Docusign-Signature-1 header:X-Docusign-Signature-2 header:X-Docusign-Signature-3 encoding=base64;
    id sha256:body;
    type json:/event;
)"},
    {"dropbox", R"(
    algorithm hmac-sha256;
    signature header:X-Dropbox-Signature encoding=hex;
    id sha256:body;
    challenge method=GET has=query:challenge "match=query:challenge=[A-Za-z0-9_-]{1,256}" "body={query:challenge}";
)"},
    {"calcom", R"(
    algorithm hmac-sha256;
    signature header:X-Cal-Signature-256 encoding=hex;
    id sha256:body;
    type json:/triggerEvent;
)"},
    {"klaviyo", R"(
    algorithm hmac-sha256;
    signature header:Klaviyo-Signature encoding=hex;
    timestamp header:Klaviyo-Timestamp unit=http-date;
    message "{body}{ts}";
    id sha256:body;
)"},
    {"persona", R"(
    algorithm hmac-sha256;
    signature header:Persona-Signature "split=, " prefix=v1= encoding=hex;
    timestamp header:Persona-Signature "split=, " prefix=t= unit=s;
    message "{ts}.{body}";
    id json:/data/id;
    type json:/data/attributes/name;
)"},
    {"webflow", R"(
    algorithm hmac-sha256;
    signature header:X-Webflow-Signature encoding=hex;
    timestamp header:X-Webflow-Timestamp unit=ms;
    message "{ts}:{body}";
    id json:/payload/id;
    type json:/triggerType;
)"},
};
// clang-format on

}  // namespace

Definitions services_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
