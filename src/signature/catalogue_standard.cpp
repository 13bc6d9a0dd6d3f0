// Standard Webhooks and its relatives, our own publishing scheme, and none. The language is described in
// signature/language.hpp.

#include "signature/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"none", R"(
    algorithm none;
    id json:/id;
    type json:/type;
)"},
    {"publish", R"(
    algorithm token;
    signature header:Authorization "prefix=Bearer ";
    id header:Idempotency-Key;
    type header:ce-type;
    tenant header:ce-tenant;
)"},
    {"standard", R"(
    algorithm hmac-sha256;
    key whsec;
    signature header:webhook-signature "split= " prefix=v1, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type json:/type;
)"},
    {"svix", R"(
    algorithm hmac-sha256;
    key whsec;
    signature header:svix-signature "split= " prefix=v1, encoding=base64;
    timestamp header:svix-timestamp unit=s;
    message "{header:svix-id}.{ts}.{body}";
    id header:svix-id;
    type json:/type;
)"},
    {"openai", R"(
    algorithm hmac-sha256;
    key whsec;
    signature header:webhook-signature "split= " prefix=v1, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type json:/type;
)"},
    {"resend", R"(
    algorithm hmac-sha256;
    key whsec;
    signature header:svix-signature "split= " prefix=v1, encoding=base64;
    timestamp header:svix-timestamp unit=s;
    message "{header:svix-id}.{ts}.{body}";
    id header:svix-id;
    type json:/type;
)"},
    {"liveblocks", R"(
    algorithm hmac-sha256;
    key whsec;
    signature header:webhook-signature "split= " prefix=v1, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type json:/type;
)"},
    {"gitlab-signing", R"(
    algorithm hmac-sha256;
    key whsec;
    signature header:webhook-signature "split= " prefix=v1, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type header:X-GitLab-Event;
)"},
    {"polar", R"(
    # Secrets made since 2026-09-08 are decoded as Standard Webhooks says; the text of older ones is the key, whsec_ included.
    algorithm hmac-sha256;
    key utf8 whsec;
    signature header:webhook-signature "split= " prefix=v1, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type json:/type;
)"},
};
// clang-format on

}  // namespace

Definitions standard_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
