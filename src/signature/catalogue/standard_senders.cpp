// Senders that sign as Standard Webhooks, Svix or Hook0 do: under their names where nothing differs, and with
// a definition of their own where the fields do. The language is described in signature/language.hpp.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"browserbase", R"(
    # source: https://docs.browserbase.com/platform/webhooks/verifying-deliveries (read 2026-11-30)
)", "standard"},
    {"clerk", R"(
    # source: github hookdeck/webhook-skills skills/clerk-webhooks/references/verification.md (read 2026-11-30)
)", "svix"},
    {"replicate", R"(
    # source: https://replicate.com/docs/topics/webhooks/verify-webhook (read 2026-11-30)
)", "standard"},
    {"signatureapi", R"(
    # source: https://signatureapi.com/docs/api/guides/how-to/verify-webhooks (read 2026-11-30)
)", "standard"},
    {"tolt", R"(
    # source: https://docs.tolt.com/webhooks/verify.md (read 2026-11-30)
)", "svix"},
    {"brex", R"(
    # source: https://trigger.dev/apis/brex/examples/brex-http-endpoint (read 2026-11-30) ; https://developer.brex.com/docs/webhooks (read 2026-11-30) ; from memory (the type)
    # retries: not documented
    # repeats: not documented
    # The secret is base64 without "whsec_".
    algorithm hmac-sha256;
    key base64;
    signature header:Webhook-Signature "split= " prefix=v1, encoding=base64;
    timestamp header:Webhook-Timestamp unit=s;
    message "{header:Webhook-Id}.{ts}.{body}";
    id header:Webhook-Id;
    type json:/event_type;
)"},
    {"lithic", R"(
    # source: npm lithic 0.145.0 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    key whsec;
    signature header:webhook-signature "split= " prefix=v1, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type json:/event_type;
)"},
    {"etsy", R"(
    # source: https://developers.etsy.com/documentation/essentials/webhooks (read 2026-11-30) ; https://raw.githubusercontent.com/api-evangelist/etsy/refs/heads/main/json-schema/webhooks-webhook-envelope-schema.json (read 2026-11-30) ; from memory (the signature)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    key whsec;
    signature header:webhook-signature "split= " prefix=v1, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type json:/event_type;
)"},
    {"incident-io", R"(
    # source: https://docs.incident.io/integrations/webhooks (read 2026-11-30) ; from memory (headers and type)
    # retries: not documented (24 hours)
    # repeats: not documented
    algorithm hmac-sha256;
    key whsec;
    signature header:webhook-signature "split= " prefix=v1, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type json:/event_type;
)"},
    {"hook0", R"(
    # source: github hook0/hook0 clients/conformance/signature.json (read 2026-11-30) ; github hook0/hook0 output-worker/src/work.rs (read 2026-11-30)
    # retries: keep the id
    # repeats: not documented
    # v0 signs time and body; v1, which signs a list of headers too, is not read.
    algorithm hmac-sha256;
    signature header:X-Hook0-Signature split=, prefix=v0= encoding=hex;
    timestamp header:X-Hook0-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
    id header:X-Event-Id;
    type header:X-Event-Type;
)"},
    {"coinbase-cdp", R"(
    # source: https://docs.cdp.coinbase.com/webhooks/verify-signatures.md (read 2026-11-30)
)", "hook0"},
};
// clang-format on

}  // namespace

Definitions standard_sender_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
