// Senders that sign as Standard Webhooks or Svix do: under their names where nothing differs, and with a definition of
// their own where the fields do. The language is described in signature/language.hpp.

#include "signature/catalogue.hpp"

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
};
// clang-format on

}  // namespace

Definitions standard_sender_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
