// Shops, shipping, billing and bookkeeping. The language is described in signature/language.hpp.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"aftership", R"(
    # source: https://www.aftership.com/docs/tracking/webhook/webhook-signature (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # Tracking; Shipping, Returns and Warranty sign otherwise.
    algorithm hmac-sha256;
    signature header:Aftership-Hmac-Sha256 encoding=base64;
    id json:/event_id;
    type json:/event;
)"},
    {"attio", R"(
    # source: github NangoHQ/nango packages/server/lib/webhook/attio-webhook-routing.ts (read 2026-11-30)
    # retries: not documented
    # repeats: yes, what changes in a record twice
    # The body holds a list of events, which name the record.
    algorithm hmac-sha256;
    signature header:X-Attio-Signature header:Attio-Signature encoding=hex;
    type json:/events/0/event_type;
    repeats;
)"},
    {"bamboohr", R"(
    # source: https://documentation.bamboohr.com/docs/webhooks-2 (read 2026-11-30) ; https://nango.dev/docs/api-integrations/bamboohr/webhooks (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-BambooHR-Signature encoding=hex;
    timestamp header:X-BambooHR-Timestamp unit=s;
    message "{body}{ts}";
    type json:/type;
)"},
    {"chargify", R"(
    # source: from memory
    # retries: keep the id
    # repeats: not documented
    # Maxio Advanced Billing. The body is a form.
    algorithm hmac-sha256;
    signature header:X-Chargify-Webhook-Signature-Hmac-Sha-256 encoding=hex;
    id header:X-Chargify-Webhook-Id;
    type form:event;
    identity event;
)"},
    {"dwolla", R"(
    # source: from memory
    # retries: keep the id
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Request-Signature-Sha-256 encoding=hex;
    id json:/id;
    type header:X-Dwolla-Topic json:/topic;
)"},
    {"fincra", R"(
    # source: https://docs.fincra.com/docs/validating-webhook (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # The id is the charge's or payout's.
    algorithm hmac-sha512;
    signature header:Signature encoding=hex;
    id json:/data/reference json:/data/id;
    type json:/event;
)"},
    {"fireblocks", R"(
    # source: https://developers.fireblocks.com/reference/validating-webhooks.md (read 2026-11-30) ; from memory
    # retries: not documented
    # repeats: no
    # The older of the two signatures, which is sent beside the other one. The key is that of Fireblocks' environment.
    algorithm rsa-sha512;
    key pem;
    signature header:Fireblocks-Signature encoding=base64;
    id json:/id json:/data/id;
    type json:/eventType json:/type;
)"},
    {"flexport", R"(
    # source: https://apidocs.flexport.com/v2/tag/Webhook-Endpoints/ (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # The body is an event object.
    algorithm hmac-sha256;
    signature header:X-Hub-Signature-256 prefix=sha256= encoding=hex;
    id json:/id;
    type json:/type;
)"},
    {"flutterwave-v4", R"(
    # source: from memory
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Flutterwave-Signature encoding=base64;
    id json:/webhook_id json:/id;
    type json:/type;
)"},
    {"greenhouse", R"(
    # source: https://developers.greenhouse.io/webhooks.html (read 2026-11-30) ; https://developers.greenhouse.io/onboarding_webhooks.html (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # The header names the delivery. Recruiting and Onboarding.
    algorithm hmac-sha256;
    signature header:Signature "prefix=sha256 " encoding=hex;
    id header:Greenhouse-Event-ID;
    type json:/action;
)"},
    {"jobber", R"(
    # source: github NangoHQ/nango packages/server/lib/webhook/jobber-webhook-routing.ts (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # The key is the app's OAuth client secret. The id is that of what changed.
    algorithm hmac-sha256;
    signature header:X-Jobber-Hmac-SHA256 encoding=base64;
    id json:/data/webHookEvent/itemId;
    type json:/data/webHookEvent/topic;
)"},
    {"lazada", R"(
    # source: from memory
    # retries: not documented
    # repeats: not documented
    # webhook_param app_key is the app's key.
    algorithm hmac-sha256;
    signature header:Authorization encoding=hex;
    message "{config:app_key}{body}";
    type json:/message_type;
)"},
    {"modern-treasury", R"(
    # source: npm modern-treasury 3.3.0 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # The id is that of what the event is about.
    algorithm hmac-sha256;
    signature header:X-Signature encoding=hex;
    id json:/data/id;
    type "{json:/data/object}.{json:/event}";
)"},
    {"nmi", R"(
    # source: https://docs.nmi.com/reference/subscriptions (read 2026-11-30)
    # retries: keep the body
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Signature encoding=hex;
)"},
    {"onfleet", R"(
    # source: https://docs.onfleet.com/reference/secrets.md (read 2026-11-30) ; https://docs.onfleet.com/reference/validation.md (read 2026-11-30) ; https://www.rubydoc.info/gems/ruby-onfleet/1.0.1/Onfleet/Webhooks (read 2026-11-30)
    # retries: keep the body (each 30 minutes, for a day)
    # repeats: no
    # The id is the task's or worker's.
    algorithm hmac-sha512;
    key hex;
    signature header:X-Onfleet-Signature encoding=hex;
    id json:/taskId json:/workerId;
    type json:/triggerName json:/triggerId;
    challenge method=GET has=query:check "match=query:check=[A-Za-z0-9_-]{1,256}" "body={query:check}";
)"},
    {"orb", R"(
    # source: npm orb-billing 6.11.0 (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # The time has no zone and is UTC.
    algorithm hmac-sha256;
    signature header:X-Orb-Signature prefix=v1= encoding=hex;
    timestamp header:X-Orb-Timestamp unit=rfc3339;
    message "v1:{ts}:{body}";
    id json:/id;
    type json:/type;
)"},
    {"payu", R"(
    # source: github PayU-EMEA/openpayu_php lib/OpenPayU/Util.php (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # Where the header says algorithm=MD5. The key is the second key. The id is the order's, with its state.
    algorithm md5;
    signature header:OpenPayu-Signature "split=;" trim prefix=signature= encoding=hex;
    message "{body}{secret}";
    id "{json:/order/orderId}:{json:/order/status}" "{json:/orderId}:{json:/refund/refundId}:{json:/refund/status}";
    type json:/order/status json:/refund/status;
)"},
    {"payu-sha256", R"(
    # source: github PayU-EMEA/openpayu_php lib/OpenPayU/Util.php (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # Where the header says algorithm=SHA-256.
    algorithm sha256;
    signature header:OpenPayu-Signature "split=;" trim prefix=signature= encoding=hex;
    message "{body}{secret}";
    id "{json:/order/orderId}:{json:/order/status}" "{json:/orderId}:{json:/refund/refundId}:{json:/refund/status}";
    type json:/order/status json:/refund/status;
)"},
    {"podium", R"(
    # source: https://docs.podium.com/docs/verifying-webhook-signatures (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Podium-Signature encoding=hex;
    timestamp header:Podium-Timestamp unit=auto;
    message "{ts}.{body}";
    type json:/metadata/event_type json:/metadata/eventType;
)"},
    {"realtime-register", R"(
    # source: https://dm.yoursrs-ote.com/docs/api/notifications/webhook (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Signature encoding=base64;
)"},
    {"servicechannel", R"(
    # source: https://developer.servicechannel.com/guides/wh/receive-events-and-respond (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Sign-Data encoding=base64;
    type json:/EventType;
)"},
    {"shiphero", R"(
    # source: https://www.skills.sh/hookdeck/webhook-skills/shiphero-webhooks (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Shiphero-Hmac-Sha256 encoding=base64;
    id header:X-Shiphero-Message-ID;
    type json:/webhook_type;
)"},
    {"shippo", R"(
    # source: https://docs.goshippo.com/tracking/webhook-security.md (read 2026-11-30) ; from memory
    # retries: not documented
    # repeats: not documented
    # Only where HMAC was switched on for the account.
    algorithm hmac-sha256;
    signature header:Shippo-Auth-Signature split=, trim prefix=v1= encoding=hex;
    timestamp header:Shippo-Auth-Signature split=, trim prefix=t= unit=s;
    message "{ts}.{body}";
    type json:/event;
)"},
    {"shopee", R"(
    # source: from memory
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Authorization encoding=hex;
    message "{url}|{body}";
    type json:/code;
)"},
    {"smartsheet", R"(
    # source: https://developers.smartsheet.com/api/smartsheet/guides/webhooks/webhook-verification.md (read 2026-11-30) ; from memory
    # retries: not documented
    # repeats: no
    # Asked at the start and from time to time.
    algorithm hmac-sha256;
    signature header:Smartsheet-Hmac-SHA256 encoding=hex;
    id json:/nonce;
    type json:/events/0/eventType json:/newWebhookStatus;
    challenge has=header:Smartsheet-Hook-Challenge "match=header:Smartsheet-Hook-Challenge=[A-Za-z0-9_-]{1,256}"
              type=application/json "header=Smartsheet-Hook-Response={header:Smartsheet-Hook-Challenge}"
              'body={"smartsheetHookResponse":"{header:Smartsheet-Hook-Challenge}"}';
)"},
    {"squarespace", R"(
    # source: https://developers.squarespace.com/commerce-apis/webhooks/verifying-notifications (read 2026-11-30) ; https://developers.squarespace.com/webhooks/overview.md (read 2026-11-30)
    # retries: not documented
    # repeats: no
    algorithm hmac-sha256;
    key hex;
    signature header:Squarespace-Signature encoding=hex;
    id json:/id;
    type json:/topic;
)"},
    {"surge", R"(
    # source: https://docs.surge.app/api-reference/webhooks/signature-validation (read 2026-11-30)
    # retries: not documented
    # repeats: no
    algorithm hmac-sha256;
    signature header:Surge-Signature split=, prefix=v1= encoding=hex;
    timestamp header:Surge-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
    id json:/id;
    type json:/type;
)"},
    {"syntage", R"(
    # source: https://docs.syntage.com/docs (read 2026-11-30)
    # retries: not documented
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Satws-Signature split=, prefix=s= encoding=hex;
    timestamp header:X-Satws-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
    id json:/id;
    type json:/type;
)"},
    {"tiktok-shop", R"(
    # source: https://www.skills.sh/hookdeck/webhook-skills/tiktok-shop-webhooks (read 2026-11-30) ; from memory
    # retries: not documented
    # repeats: no
    # webhook_param app_key is the app's key.
    algorithm hmac-sha256;
    signature header:Authorization encoding=hex;
    message "{config:app_key}{body}";
    id json:/tts_notification_id;
    type json:/type;
)"},
    {"wechat-pay", R"(
    # source: npm wechatpay-node-v3 2.2.1 (read 2026-11-30) ; from memory
    # retries: keep the id
    # repeats: no
    # Keys are named by the serial number of the platform's certificate, or by the id of the public key.
    algorithm rsa-sha256;
    key pem id=header:Wechatpay-Serial;
    signature header:Wechatpay-Signature encoding=base64;
    timestamp header:Wechatpay-Timestamp unit=s;
    message "{ts}\n{header:Wechatpay-Nonce}\n{body}\n";
    id json:/id;
    type json:/event_type;
    ack 200 application/json '{"code":"SUCCESS"}';
)"},
    {"whop", R"(
    # source: npm @whop/sdk 0.0.42 (read 2026-11-30) ; from memory
    # retries: keep the id
    # repeats: no
    # Standard Webhooks, but for the key: it is the text itself, of which the package wants the base64.
    algorithm hmac-sha256;
    signature header:webhook-signature "split= " prefix=v1, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type json:/type json:/action;
)"},
    {"worldpay", R"(
    # source: https://developer.worldpay.com/products/events/signature (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # Access Worldpay: "KEYID/SHA256/SIGNATURE", several after commas.
    algorithm hmac-sha256;
    signature header:Event-Signature "split=,/" skip=2 encoding=hex;
    id json:/eventId;
    type json:/eventDetails/type;
)"},
};
// clang-format on

}  // namespace

Definitions trade_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
