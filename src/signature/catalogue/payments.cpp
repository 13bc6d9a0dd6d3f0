// Payments and commerce. The language is described in signature/language.hpp.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"stripe", R"(
    # source: npm stripe 23.1.0 (read 2026-11-30) ; https://docs.stripe.com/webhooks/process-undelivered-events (read 2026-11-30)
    # retries: keep the id, for up to 3 days; pending_webhooks in the body counts down, which is then a conflict
    # repeats: no
    algorithm hmac-sha256;
    signature header:Stripe-Signature split=, prefix=v1= encoding=hex;
    timestamp header:Stripe-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
    id json:/id;
    type json:/type;
    identity event;
)"},
    {"shopify", R"(
    # source: https://shopify.dev/docs/apps/build/webhooks/verify-deliveries.md (read 2026-11-30) ; https://shopify.dev/changelog/updates-to-webhook-retry-mechanism (read 2026-11-30) ; npm @shopify/shopify-api 13.1.0 (read 2026-11-30)
    # retries: keep the id and the body, 8 times within 4 hours
    # repeats: yes, several topics may tell of one change; the id is another
    algorithm hmac-sha256;
    # Events of the newer kind have the same headers without "X-".
    signature header:X-Shopify-Hmac-Sha256 header:Shopify-Hmac-Sha256 encoding=base64;
    id header:X-Shopify-Webhook-Id header:Shopify-Webhook-Id;
    type header:X-Shopify-Topic header:Shopify-Topic;
    identity event;
)"},
    {"square", R"(
    # source: https://developer.squareup.com/docs/webhooks/step4manage (read 2026-11-30) ; npm square 46.0.0 (read 2026-11-30)
    # retries: keep the id; the body is not documented to change, headers count the tries
    # repeats: no
    # URL and body are strung together: with the border between them moved, a captured request has another id or none. So
    # events are told apart by what is signed, not by their ids.
    algorithm hmac-sha256;
    signature header:X-Square-Hmacsha256-Signature encoding=base64;
    message "{url}{body}";
    id json:/event_id;
    type json:/type;
    identity event;
)"},
    {"paddle", R"(
    # source: https://developer.paddle.com/webhooks/about/how-webhooks-work (read 2026-11-30) ; https://developer.paddle.com/api-reference/notifications/replay-notification (read 2026-11-30) ; npm @paddle/paddle-node-sdk 3.10.0 (read 2026-11-30)
    # retries: keep the id; a replay by hand makes a new notification_id of the same event
    # repeats: no
    # Paddle's own libraries take 5 seconds, less than a slow way or clock needs.
    algorithm hmac-sha256;
    signature header:Paddle-Signature "split=;" prefix=h1= encoding=hex;
    timestamp header:Paddle-Signature "split=;" prefix=ts= unit=s window=60,300 exact;
    message "{ts}:{body}";
    id json:/event_id;
    type json:/event_type;
    identity event;
    volatile json:/notification_id;
)"},
    {"adyen", R"(
    # source: npm @adyen/api-library 32.1.0 (read 2026-11-30) ; github Adyen/adyen-magento2 Model/Notification.php (read 2026-11-30) ; https://docs.adyen.com/development-resources/webhooks/webhook-types (read 2026-11-30)
    # retries: keep the id
    # repeats: no
    # Adyen's own plugins take pspReference, originalReference, eventCode and success together for the event.
    # Eight fields of each item are signed, the rest is not.
    algorithm hmac-sha256;
    key hex;
    batch json:/notificationItems;
    signature json:/notificationItems/0/NotificationRequestItem/additionalData/hmacSignature encoding=base64;
    message "{json:/notificationItems/0/NotificationRequestItem/pspReference}:{json:/notificationItems/0/NotificationRequestItem/originalReference}:{json:/notificationItems/0/NotificationRequestItem/merchantAccountCode}:{json:/notificationItems/0/NotificationRequestItem/merchantReference}:{json:/notificationItems/0/NotificationRequestItem/amount/value}:{json:/notificationItems/0/NotificationRequestItem/amount/currency}:{json:/notificationItems/0/NotificationRequestItem/eventCode}:{json:/notificationItems/0/NotificationRequestItem/success}";
    unsigned_body;
    id "{json:/notificationItems/0/NotificationRequestItem/pspReference}:{json:/notificationItems/0/NotificationRequestItem/eventCode}";
    type json:/notificationItems/0/NotificationRequestItem/eventCode;
    ack 200 text/plain "[accepted]";
    identity thing;
    content signed;
)"},
    {"adyen-platform", R"(
    # source: npm @adyen/api-library 32.1.0 (read 2026-11-30) ; https://docs.adyen.com/platforms/webhook-types (read 2026-11-30)
    # retries: not documented; the timestamp in the body is when the event was queued
    # repeats: no
    # data.id is the transfer, account holder or payment instrument.
    algorithm hmac-sha256;
    key hex;
    signature header:Hmacsignature encoding=base64;
    id json:/data/id;
    type json:/type;
    identity thing;
)"},
    {"razorpay", R"(
    # source: https://razorpay.com/docs/webhooks/best-practices (read 2026-11-30) ; https://razorpay.com/docs/payments/payment-gateway/s2s-integration/test-s2s/best-practices/retries-and-idempotency.md (read 2026-11-30)
    # retries: keep the id, for 24 hours
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Razorpay-Signature encoding=hex;
    id header:X-Razorpay-Event-Id;
    type json:/event;
    identity event;
)"},
    {"lemonsqueezy", R"(
    # source: https://docs.lemonsqueezy.com/help/webhooks/webhook-requests (read 2026-11-30)
    # retries: not documented; three more times, after 5, 25 and 125 s
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Signature encoding=hex;
    type header:X-Event-Name json:/meta/event_name;
)"},
    {"woocommerce", R"(
    # source: github woocommerce/woocommerce plugins/woocommerce/includes/class-wc-webhook.php (read 2026-11-30)
    # retries: none; after more than five failures in a row the webhook is disabled
    # repeats: yes, topics of actions and deletions; the id is another unless both are sent within one second
    # The id is a hash of the webhook and the second: two events of one webhook within a second share it.
    algorithm hmac-sha256;
    signature header:X-Wc-Webhook-Signature encoding=base64;
    id header:X-Wc-Webhook-Delivery-Id;
    type header:X-Wc-Webhook-Topic;
    identity thing;
    # The ping of a new webhook is not signed, and without a 200 it is not saved.
    challenge has=form:webhook_id absent=header:X-Wc-Webhook-Signature;
)"},
    {"coinbase", R"(
    # source: https://docs.cdp.coinbase.com/commerce/api-arcitecture/webhooks-fields (read 2026-11-30) ; npm coinbase-commerce-node 1.0.4 (read 2026-11-30)
    # retries: keep the event's id; attempt_number counts, and the id at the top names the delivery
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Cc-Webhook-Signature encoding=hex;
    id json:/event/id;
    type json:/event/type;
    identity event;
    volatile json:/attempt_number json:/id json:/scheduled_for;
)"},
    {"gocardless", R"(
    # source: npm gocardless-nodejs 10.1.2 (read 2026-11-30) ; https://developers.qodex.ai/gocardless-api/gocardless/core-endpoints-webhooks/retry-a-webhook (read 2026-11-30)
    # retries: keep the ids of events
    # repeats: no
    # A batch. meta.webhook_id is for debugging only, GoCardless says, and events are told apart by their ids.
    algorithm hmac-sha256;
    signature header:Webhook-Signature encoding=hex;
    id json:/meta/webhook_id json:/events/0/id;
    type json:/events/0/action;
    identity attempt;
    volatile json:/meta/webhook_id;
)"},
    {"checkout-com", R"(
    # source: https://checkout.com/docs/workflows/set-up-your-webhook-receiver (read 2026-11-30) ; https://www.checkout.com/docs/developer-resources/event-notifications/event-types/payment_declined.md (read 2026-11-30)
    # retries: not documented
    # repeats: no
    algorithm hmac-sha256;
    signature header:Cko-Signature encoding=hex;
    id json:/id;
    type json:/type;
    identity event;
)"},
    {"authorize-net", R"(
    # source: from memory ; https://developer.authorize.net/api/reference/features/webhooks.html (read 2026-11-30)
    # retries: not documented
    # repeats: no
    algorithm hmac-sha512;
    signature header:X-Anet-Signature prefix=sha512= encoding=hex;
    id json:/notificationId;
    type json:/eventType;
    identity event;
)"},
    {"paystack", R"(
    # source: https://paystack.com/docs/payments/webhooks/ (read 2026-11-30) ; from memory
    # retries: not documented; for 72 hours
    # repeats: no
    # data.id is the transaction or transfer.
    algorithm hmac-sha512;
    signature header:X-Paystack-Signature encoding=hex;
    id "{json:/event}:{json:/data/id}";
    type json:/event;
    identity thing;
)"},
    {"flutterwave-v3", R"(
    # source: https://developer.flutterwave.com/docs/integration-guides/webhooks/ (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # data.id is the transaction.
    algorithm token;
    signature header:Verif-Hash;
    id json:/data/id json:/id;
    type json:/event;
    identity thing;
)"},
    {"recurly", R"(
    # source: https://docs.recurly.com/v1.3/docs/subscription-notifications (read 2026-11-30) ; https://docs.recurly.com/recurly-subscriptions/v2021-02-25/docs/automatic-retries (read 2026-11-30)
    # retries: not documented to change the body; 10 times
    # repeats: yes, two changes of one thing within a second, which differ in nothing else
    # id and uuid are those of the account, subscription or invoice.
    algorithm hmac-sha256;
    signature header:Recurly-Signature split=, skip=1 encoding=hex;
    timestamp header:Recurly-Signature split=, take=1 unit=ms;
    message "{ts}.{body}";
    id json:/id json:/uuid;
    type json:/event_type;
    identity thing;
)"},
    {"revolut", R"(
    # source: https://developer.revolut.com/docs/guides/accept-payments/tutorials/work-with-webhooks/using-webhooks (read 2026-11-30) ; https://developer.revolut.com/docs/api/merchant/operations/webhook-webhook-event.md (read 2026-11-30)
    # retries: not documented; three more times, 10 minutes apart
    # repeats: yes, of the Merchant API: event and order are all, and two payments of an order may be declined
    algorithm hmac-sha256;
    signature header:Revolut-Signature split=, prefix=v1= encoding=hex;
    timestamp header:Revolut-Request-Timestamp unit=ms;
    message "v1.{ts}.{body}";
    type json:/event;
    repeats;
)"},
    {"braintree", R"(
    # source: npm braintree 3.40.0 (read 2026-11-30) ; https://developers.braintreepayments.com/guides/webhooks/parse/node (read 2026-11-30)
    # retries: not documented; hourly for 24 hours
    # repeats: no
    # Only the payload is signed; webhook_param public_key tells which of the signatures is ours. The payload is the base64
    # of an XML document, so it begins with a capital letter, as no bt_challenge does.
    algorithm hmac-sha1;
    key sha1;
    signature form:bt_signature split=& "prefix={config:public_key}|" encoding=hex;
    message "{form:bt_payload}" begins=[A-Z];
    unsigned_body;
    challenge method=GET has=query:bt_challenge "match=query:bt_challenge=[0-9a-f]{20,32}"
              "body={config:public_key}|{query:bt_challenge|hmac}";
    content signed;
)"},
    {"mercadopago", R"(
    # source: npm mercadopago 3.6.1 (read 2026-11-30) ; https://www.mercadopago.com.mx/developers/es/docs/checkout-pro-preferences/payment-notifications (read 2026-11-30)
    # retries: not documented; every 15 minutes
    # repeats: yes, topics without an id in the body; the id of the request is another
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
    identity event;
)"},
    {"quickbooks", R"(
    # source: https://blogs.a.intuit.com/2025/11/12/upcoming-change-to-webhooks-payload-structure (read 2026-11-30) ; https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks/best-practices (read 2026-11-30)
    # retries: not documented; from 10 s on to every 6 hours
    # repeats: no
    # A batch: CloudEvents in an array, or the eventNotifications of before May 2026, which have no ids.
    algorithm hmac-sha256;
    signature header:Intuit-Signature encoding=base64;
    id json:/0/id;
    type json:/0/type json:/eventNotifications/0/dataChangeEvent/entities/0/operation;
    identity event;
)"},
    {"xero", R"(
    # source: https://developer.xero.com/documentation/webhooks/overview (read 2026-11-30) ; https://developer.xero.com/documentation/webhooks/configuring-your-server (read 2026-11-30)
    # retries: not documented; for 24 hours
    # repeats: no, there is a random text in each
    # A batch. firstEventSequence counts events and is 0 in the requests of the intent to receive.
    algorithm hmac-sha256;
    signature header:X-Xero-Signature encoding=base64;
    id json:/firstEventSequence;
    type json:/events/0/eventType;
    identity thing;
    empty_answers;
)"},
    {"easypost", R"(
    # source: npm @easypost/api 8.9.0 (read 2026-11-30) ; https://docs.easypost.com/docs/events.md (read 2026-11-30)
    # retries: keep the id; status and lists of URLs in the body change
    # repeats: no
    algorithm hmac-sha256;
    key nfkd;
    signature header:X-Hmac-Signature prefix=hmac-sha256-hex= encoding=hex;
    id json:/id;
    type json:/description;
    identity event;
    volatile json:/status json:/pending_urls json:/completed_urls json:/updated_at;
)"},
};
// clang-format on

}  // namespace

Definitions payments_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
