// Banks, payment providers of the second wave, billing and identity checks. The language is described in
// signature/language.hpp.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"airwallex", R"(
    # source: https://www.airwallex.com/docs/developer-tools/webhooks/webhooks-overview.md (read 2026-11-30) ; https://www.airwallex.com/docs/developer-tools__listen-for-webhook-events__code-examples (read 2026-11-30)
    # retries: keep the id, with back-off over about three days
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Signature encoding=hex;
    timestamp header:X-Timestamp unit=auto;
    message "{ts}{body}";
    id json:/id;
    identity event;
    type json:/name;
)"},
    {"cashfree", R"(
    # source: npm cashfree-pg 6.0.6 (read 2026-11-30) ; https://www.cashfree.com/docs/api-reference/webhooks/reliability-and-operations (read 2026-11-30)
    # retries: keep the id of the payment, three times within 30 minutes by default
    # repeats: no
    # Whether a retry is signed anew is not documented, and Cashfree's library takes any time.
    algorithm hmac-sha256;
    signature header:X-Webhook-Signature encoding=base64;
    timestamp header:X-Webhook-Timestamp unit=auto window=86400,300;
    message "{ts}{body}";
    id json:/data/payment/cf_payment_id json:/data/refund/cf_refund_id json:/data/order/order_id;
    type json:/type;
)"},
    {"worldline", R"(
    # source: npm connect-sdk-nodejs 5.2.0 (read 2026-11-30) ; npm onlinepayments-sdk-nodejs 6.2.0 (read 2026-11-30) ; https://docs.connect.worldline-solutions.com/documentation/webhooks/event-structure/ (read 2026-11-30) ; from memory (the challenge)
    # retries: keep the id
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-GCS-Signature encoding=base64;
    id json:/id;
    identity event;
    type json:/type;
    challenge method=GET has=header:X-GCS-Webhooks-Endpoint-Verification
              "match=header:X-GCS-Webhooks-Endpoint-Verification=[A-Za-z0-9_-]{1,128}"
              "body={header:X-GCS-Webhooks-Endpoint-Verification}";
)"},
    {"chargebee", R"(
    # source: github hookdeck/webhook-skills skills/chargebee-webhooks/references/verification.md (read 2026-11-30) ; from memory (the id)
    # retries: not documented
    # repeats: no
    # Nothing is signed; the secret is USER:PASSWORD.
    algorithm basic;
    signature header:Authorization;
    unsigned_body;
    id json:/id;
    type json:/event_type;
)"},
    {"govuk-pay", R"(
    # source: github alphagov/pay-tech-docs source/webhooks/index.html.md.erb (read 2026-11-30) ; github alphagov/pay-webhooks src/main/java/uk/gov/pay/webhooks/message/WebhookMessageSender.java (read 2026-11-30)
    # retries: keep the id
    # repeats: no
    algorithm hmac-sha256;
    signature header:Pay-Signature encoding=hex;
    id json:/webhook_message_id;
    identity event;
    type json:/event_type;
)"},
    {"lago", R"(
    # source: github getlago/lago-api app/models/webhook.rb (read 2026-11-30) ; https://getlago.com/docs/api-reference/webhooks/format---signature.md (read 2026-11-30)
    # retries: keep the id, three attempts
    # repeats: not documented
    # For endpoints of the algorithm hmac. The other one, jwt, carries the whole body inside the token.
    algorithm hmac-sha256;
    signature header:X-Lago-Signature encoding=base64;
    id header:X-Lago-Unique-Key;
    identity event;
    type json:/webhook_type;
)"},
    {"mollie", R"(
    # source: github mollie/mollie-api-php src/Webhooks/SignatureValidator.php (read 2026-11-30) ; https://docs.mollie.com/reference/webhooks-new.md (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # Next-gen webhooks.
    algorithm hmac-sha256;
    signature header:X-Mollie-Signature prefix=sha256= encoding=hex;
    id json:/id;
    type json:/type;
)"},
    {"mollie-classic", R"(
    # source: github mollie/mollie-api-php src/Webhooks/SignatureValidator.php (read 2026-11-30) ; https://www.skills.sh/hookdeck/webhook-skills/mollie-webhooks (read 2026-11-30)
    # retries: keep the body
    # repeats: yes, every change of a payment is told by its id alone
    # Mollie signs nothing here and sends an id to be looked up: the secret stands in the URL that it is given,
    # https://HOST/PATH?token=SECRET.
    algorithm token;
    signature query:token;
    unsigned_body;
    id form:id;
    repeats;
)"},
    {"finch", R"(
    # source: npm @tryfinch/finch-api 10.7.0 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    key base64;
    signature header:Finch-Signature "split= " prefix=v1, encoding=base64;
    timestamp header:Finch-Timestamp unit=s;
    message "{header:Finch-Event-Id}.{ts}.{body}";
    id header:Finch-Event-Id;
    type json:/event_type;
)"},
    {"opennode", R"(
    # source: npm opennode 1.5.0 (read 2026-11-30) ; from memory (the form)
    # retries: not documented
    # repeats: not documented
    # Only the charge's id is signed: whoever knows one signed request can send it with another status.
    algorithm hmac-sha256;
    signature form:hashed_order encoding=hex;
    message "{form:id}";
    unsigned_body;
    id form:id;
    type form:status;
)"},
    {"onfido", R"(
    # source: npm @onfido/api 6.2.0 (read 2026-11-30) ; https://hexdocs.pm/onfido_v3/Onfido.Resources.Webhook.html (read 2026-11-30) ; from memory (the fields)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-SHA2-Signature encoding=hex;
    id json:/payload/object/id;
    type json:/payload/action;
)"},
    {"veriff", R"(
    # source: https://devdocs.veriff.com/docs/hmac-authentication-and-endpoint-security.md (read 2026-11-30) ; https://devdocs.veriff.com/docs/webhooks-guide.md (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # The id is that of the verification session: several webhooks tell of one.
    algorithm hmac-sha256;
    signature header:X-HMAC-Signature header:VRF-HMAC-Signature encoding=hex;
    id json:/verification/id json:/id;
    type json:/action json:/status;
)"},
    {"tabapay", R"(
    # source: https://developers.tabapay.com/reference/verifying-webhook-signatures (read 2026-11-30) ; https://developers.tabapay.com/reference/webhook-signature-headers (read 2026-11-30)
    # retries: keep the id
    # repeats: no
    # Of two signatures the second is that of the secret before the last rotation.
    algorithm hmac-sha256;
    signature header:X-HMAC-Signature split=, prefix=v1= encoding=hex;
    timestamp header:X-HMAC-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
    id header:Idempotency-Key;
    identity event;
)"},
    {"zoho-payments", R"(
    # source: https://zoho.com/in/payments/developerdocs/webhooks/verification (read 2026-11-30) ; from memory (the fields)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Zoho-Webhook-Signature split=, prefix=v= encoding=hex;
    timestamp header:X-Zoho-Webhook-Signature split=, prefix=t= unit=ms;
    message "{ts}.{body}";
    id json:/event_id;
    type json:/event_type;
)"},
    {"coinflow", R"(
    # source: https://docs.coinflow.cash/guides/developer-resources/webhooks/verifying-webhook-signatures/llms.txt (read 2026-11-30) ; from memory (the type)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Coinflow-Signature split=, prefix=v1= encoding=hex;
    timestamp header:Coinflow-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
    type json:/eventType;
)"},
    {"moonpay", R"(
    # source: https://dev.moonpay.com/reference/reference-webhooks-signature (read 2026-11-30) ; from memory (the fields)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Moonpay-Signature-V2 split=, prefix=s= encoding=hex;
    timestamp header:Moonpay-Signature-V2 split=, prefix=t= unit=s;
    message "{ts}.{body}";
    id json:/data/id;
    type json:/type;
)"},
    {"strike", R"(
    # source: https://docs.strike.me/webhooks/signature-verification (read 2026-11-30) ; from memory (the fields)
    # retries: not documented
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Webhook-Signature encoding=hex;
    id json:/id;
    type json:/eventType;
)"},
    {"billit", R"(
    # source: https://docs.accesspoint.billit.eu/docs/webhooks-signature (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Billit-Signature split=, prefix=s= encoding=hex;
    timestamp header:Billit-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
    id json:/OrderID;
    type json:/EntityType;
)"},
    {"qonto-onboarding", R"(
    # source: https://docs.qonto.com/api-reference/onboarding-api/webhooks (read 2026-11-30)
    # retries: not documented
    # repeats: no
    algorithm hmac-sha256;
    signature header:Qonto-SHA256-Signature encoding=hex;
    id json:/id;
    type json:/event_type;
)"},
    {"xendit", R"(
    # source: https://rubydoc.info/gems/xendit-client/Xendit/Webhook (read 2026-11-30) ; https://docs.xendit.co/webhook/getting-started/ (read 2026-11-30) ; from memory (the id)
    # retries: not documented
    # repeats: not documented
    algorithm token;
    signature header:X-Callback-Token;
    unsigned_body;
    id header:Webhook-Id json:/id;
    type json:/event json:/status;
)"},
    {"midtrans", R"(
    # source: https://docs.midtrans.com/reference/partner-http-notification (read 2026-11-30) ; https://docs.midtrans.com/docs/https-notification-webhooks.md (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # Order, status code and amount are signed, the rest is not: two states of a payment may share all three.
    algorithm sha512;
    signature json:/signature_key encoding=hex;
    message "{json:/order_id}{json:/status_code}{json:/gross_amount}{secret}";
    unsigned_body;
    id json:/order_id;
    type json:/transaction_status;
)"},
    {"midtrans-payouts", R"(
    # source: https://docs.midtrans.com/reference/notification-payload-1 (read 2026-11-30) ; https://docs.midtrans.com/reference/partner-http-notification-1 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm sha512;
    signature header:Iris-Signature encoding=hex;
    message "{body}{secret}";
    id json:/reference_no json:/transaction_id;
    type json:/status;
)"},
    {"moyasar", R"(
    # source: https://docs.moyasar.com/api/other/webhooks/verify-webhook (read 2026-11-30)
    # retries: not documented
    # repeats: no
    algorithm token;
    signature json:/secret_token;
    unsigned_body;
    id json:/id;
    type json:/type;
)"},
    {"sumsub", R"(
    # source: https://docs.sumsub.com/docs/webhook-manager (read 2026-11-30) ; from memory (header and fields)
    # retries: not documented (four times)
    # repeats: not documented
    # For webhooks of the algorithm HMAC_SHA256_HEX, the default. The id is that of the applicant.
    algorithm hmac-sha256;
    signature header:X-Payload-Digest encoding=hex;
    id json:/applicantId;
    type json:/type;
)"},
    {"teller", R"(
    # source: https://teller.io/docs/api/webhooks.md (read 2026-11-30) ; from memory (the signature)
    # retries: not documented
    # repeats: no
    algorithm hmac-sha256;
    signature header:Teller-Signature split=, prefix=v1= encoding=hex;
    timestamp header:Teller-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
    id json:/id;
    type json:/type;
)"},
    {"checkr", R"(
    # source: https://docs.checkr.com/apis/webhooks (read 2026-11-30) ; from memory (the signature)
    # retries: not documented
    # repeats: no
    # The key is the account's API key.
    algorithm hmac-sha256;
    signature header:X-Checkr-Signature encoding=hex;
    id json:/id;
    type json:/type;
)"},
    {"deel", R"(
    # source: https://developer.deel.com/v2.1.112/docs/webhooks-get-started (read 2026-11-30) ; https://developer.deel.com/api/webhooks/quickstart (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Deel-Signature encoding=hex;
    message "POST{body}";
    type json:/data/meta/event_type;
)"},
    {"transfi", R"(
    # source: https://docs.transfi.com/docs/webhook-signature (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Transfi-Hmac-Hash encoding=hex;
)"},
    {"upayments", R"(
    # source: https://developers.upayments.com/reference/validating-incoming-webhook-signatures (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Signature encoding=base64;
    timestamp header:X-Timestamp unit=s;
    message "{ts}{method}{url}{body}";
    url_variants;
)"},
    {"alloy", R"(
    # source: https://developer.alloy.com/public/docs/hash-based-message-authentication-code-hmac (read 2026-11-30)
    # retries: not documented
    # repeats: no
    algorithm hmac-sha256;
    signature header:Authorization encoding=base64;
    id json:/request_token;
    type json:/type;
)"},
    {"didit", R"(
    # source: https://docs.didit.me/integration/webhooks (read 2026-11-30) ; from memory (the fields)
    # retries: not documented
    # repeats: not documented
    # The id is that of the verification session. The time is not signed.
    algorithm hmac-sha256;
    signature header:X-Signature encoding=hex;
    id json:/session_id;
    type json:/webhook_type;
)"},
    {"bridge-api", R"(
    # source: https://docs.bridgeapi.io/docs/secure-your-webhooks (read 2026-11-30) ; from memory (the form of the signature)
    # retries: not documented
    # repeats: not documented
    # Bridge of the open banking, not that of stablecoins. Two signatures while a secret is being changed.
    algorithm hmac-sha256;
    signature header:BridgeApi-Signature split=, trim prefix=v1= encoding=hex;
    type json:/type;
)"},
    {"tatum", R"(
    # source: https://docs.tatum.io/docs/authenticating-notification-webhooks (read 2026-11-30) ; from memory (the algorithm)
    # retries: not documented
    # repeats: not documented
    # The id is that of the transaction.
    algorithm hmac-sha512;
    signature header:X-Payload-Hash encoding=base64;
    id json:/txId;
    type json:/subscriptionType;
)"},
};
// clang-format on

}  // namespace

Definitions finance_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
