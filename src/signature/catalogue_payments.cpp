// Payments and commerce. The language is described in signature/language.hpp.

#include "signature/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"stripe", R"(
    algorithm hmac-sha256;
    signature header:Stripe-Signature split=, prefix=v1= encoding=hex;
    timestamp header:Stripe-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
    id json:/id;
    type json:/type;
)"},
    {"shopify", R"(
    algorithm hmac-sha256;
    # Events of the newer kind have the same headers without "X-".
    signature header:X-Shopify-Hmac-Sha256 header:Shopify-Hmac-Sha256 encoding=base64;
    id header:X-Shopify-Webhook-Id header:Shopify-Webhook-Id;
    type header:X-Shopify-Topic header:Shopify-Topic;
)"},
    {"square", R"(
    algorithm hmac-sha256;
    signature header:X-Square-Hmacsha256-Signature encoding=base64;
    message "{url}{body}";
    id json:/event_id;
    type json:/type;
)"},
    {"paddle", R"(
    # Paddle's own libraries take 5 seconds, less than a slow way or clock needs.
    algorithm hmac-sha256;
    signature header:Paddle-Signature "split=;" prefix=h1= encoding=hex;
    timestamp header:Paddle-Signature "split=;" prefix=ts= unit=s window=60,300 exact;
    message "{ts}:{body}";
    id json:/event_id;
    type json:/event_type;
)"},
    {"adyen", R"(
    # Eight fields of each item are signed, the rest is not. Adyen answers for one item with its id; of several the
    # body, which is not signed, tells batches apart.
    algorithm hmac-sha256;
    key hex;
    batch json:/notificationItems;
    signature json:/notificationItems/0/NotificationRequestItem/additionalData/hmacSignature encoding=base64;
    message "{json:/notificationItems/0/NotificationRequestItem/pspReference}:{json:/notificationItems/0/NotificationRequestItem/originalReference}:{json:/notificationItems/0/NotificationRequestItem/merchantAccountCode}:{json:/notificationItems/0/NotificationRequestItem/merchantReference}:{json:/notificationItems/0/NotificationRequestItem/amount/value}:{json:/notificationItems/0/NotificationRequestItem/amount/currency}:{json:/notificationItems/0/NotificationRequestItem/eventCode}:{json:/notificationItems/0/NotificationRequestItem/success}";
    unsigned_body;
    unsigned_id;
    id "{json:/notificationItems/0/NotificationRequestItem/pspReference}:{json:/notificationItems/0/NotificationRequestItem/eventCode}[:{json:/notificationItems/1/NotificationRequestItem/pspReference}:{sha256:body}]";
    type json:/notificationItems/0/NotificationRequestItem/eventCode;
    ack 200 text/plain "[accepted]";
)"},
    {"adyen-platform", R"(
    algorithm hmac-sha256;
    key hex;
    signature header:Hmacsignature encoding=base64;
    id json:/data/id;
    type json:/type;
)"},
    {"razorpay", R"(
    algorithm hmac-sha256;
    signature header:X-Razorpay-Signature encoding=hex;
    id header:X-Razorpay-Event-Id;
    type json:/event;
)"},
    {"lemonsqueezy", R"(
    algorithm hmac-sha256;
    signature header:X-Signature encoding=hex;
    id sha256:body;
    type header:X-Event-Name json:/meta/event_name;
)"},
    {"woocommerce", R"(
    algorithm hmac-sha256;
    signature header:X-Wc-Webhook-Signature encoding=base64;
    id header:X-Wc-Webhook-Delivery-Id;
    type header:X-Wc-Webhook-Topic;
    # The ping of a new webhook is not signed, and without a 200 it is not saved.
    challenge has=form:webhook_id absent=header:X-Wc-Webhook-Signature;
)"},
    {"coinbase", R"(
    algorithm hmac-sha256;
    signature header:X-Cc-Webhook-Signature encoding=hex;
    id json:/event/id;
    type json:/event/type;
)"},
    {"gocardless", R"(
    algorithm hmac-sha256;
    signature header:Webhook-Signature encoding=hex;
    id json:/meta/webhook_id json:/events/0/id;
    type json:/events/0/action;
)"},
    {"checkout-com", R"(
    algorithm hmac-sha256;
    signature header:Cko-Signature encoding=hex;
    id json:/id;
    type json:/type;
)"},
    {"authorize-net", R"(
    algorithm hmac-sha512;
    signature header:X-Anet-Signature prefix=sha512= encoding=hex;
    id json:/notificationId;
    type json:/eventType;
)"},
    {"paystack", R"(
    algorithm hmac-sha512;
    signature header:X-Paystack-Signature encoding=hex;
    id json:/data/id;
    type json:/event;
)"},
    {"flutterwave-v3", R"(
    algorithm token;
    signature header:Verif-Hash;
    id json:/data/id json:/id;
    type json:/event;
)"},
    {"recurly", R"(
    algorithm hmac-sha256;
    signature header:Recurly-Signature split=, skip=1 encoding=hex;
    timestamp header:Recurly-Signature split=, take=1 unit=ms;
    message "{ts}.{body}";
    id json:/id json:/uuid;
    type json:/event_type;
)"},
    {"revolut", R"(
    algorithm hmac-sha256;
    signature header:Revolut-Signature split=, prefix=v1= encoding=hex;
    timestamp header:Revolut-Request-Timestamp unit=ms;
    message "v1.{ts}.{body}";
    id sha256:body;
    type json:/event;
)"},
    {"braintree", R"(
    # Only the payload is signed; webhook_param public_key tells which of the signatures is ours. The payload is the base64
    # of an XML document, so it begins with a capital letter, as no bt_challenge does; the id is the hash of the body.
    algorithm hmac-sha1;
    key sha1;
    signature form:bt_signature split=& "prefix={config:public_key}|" encoding=hex;
    message "{form:bt_payload}" begins=[A-Z];
    unsigned_body;
    unsigned_id;
    challenge method=GET has=query:bt_challenge "match=query:bt_challenge=[0-9a-f]{20,32}"
              "body={config:public_key}|{query:bt_challenge|hmac}";
)"},
    {"mercadopago", R"(
    # Not the body is signed but the id in the query, or that of the request.
    algorithm hmac-sha256;
    signature header:X-Signature split=, trim prefix=v1= encoding=hex;
    timestamp header:X-Signature split=, trim prefix=ts= unit=auto;
    # The id is signed as it was sent, or in lower case.
    message "[id:{query:data.id};][request-id:{header:X-Request-Id};]ts:{ts};" any;
    message "[id:{query:data.id|lower};][request-id:{header:X-Request-Id};]ts:{ts};" any;
    unsigned_body;
    unsigned_id;
    id json:/id header:X-Request-Id;
    type json:/action query:type;
)"},
    {"quickbooks", R"(
    algorithm hmac-sha256;
    signature header:Intuit-Signature encoding=base64;
    # A list of CloudEvents, or what was sent until 2026.
    id sha256:body;
    type json:/0/type json:/eventNotifications/0/dataChangeEvent/entities/0/operation;
)"},
    {"xero", R"(
    algorithm hmac-sha256;
    signature header:X-Xero-Signature encoding=base64;
    id json:/firstEventSequence;
    type json:/events/0/eventType;
    empty_answers;
)"},
    {"easypost", R"(
    algorithm hmac-sha256;
    key nfkd;
    signature header:X-Hmac-Signature prefix=hmac-sha256-hex= encoding=hex;
    id json:/id;
    type json:/description;
)"},
};
// clang-format on

}  // namespace

Definitions payments_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
