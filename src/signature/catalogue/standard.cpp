// Standard Webhooks and its relatives, our own publishing scheme, and none. The language is described in
// signature/language.hpp.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"none", R"(
    # source: from memory
    # retries: not documented
    # repeats: not documented
    algorithm none;
    id json:/id;
    type json:/type;
    identity thing;
)"},
    {"publish", R"(
    # source: from memory
    # retries: keep the id: the application sends the same Idempotency-Key until it reads 200
    # repeats: not documented
    algorithm token;
    signature header:Authorization "prefix=Bearer ";
    id header:Idempotency-Key;
    type header:ce-type;
    tenant header:ce-tenant;
    identity event vouched;
)"},
    {"standard", R"(
    # source: github standard-webhooks/standard-webhooks spec/standard-webhooks.md (read 2026-11-30)
    # retries: keep the id; each try has a timestamp of its own
    # repeats: yes, where a sender likes; the id is another
    algorithm hmac-sha256;
    key whsec;
    signature header:webhook-signature "split= " prefix=v1, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type json:/type;
    identity event;
)"},
    {"svix", R"(
    # source: github standard-webhooks/standard-webhooks spec/standard-webhooks.md (read 2026-11-30) ; https://docs.svix.com/retries.md (read 2026-11-30) ; npm svix 1.99.1 (read 2026-11-30)
    # retries: keep the id, 7 within about 28 hours
    # repeats: yes, where a sender likes; the id is another
    algorithm hmac-sha256;
    key whsec;
    signature header:svix-signature "split= " prefix=v1, encoding=base64;
    timestamp header:svix-timestamp unit=s;
    message "{header:svix-id}.{ts}.{body}";
    id header:svix-id;
    type json:/type;
    identity event;
)"},
    {"openai", R"(
    # source: github standard-webhooks/standard-webhooks spec/standard-webhooks.md (read 2026-11-30) ; npm openai 6.49.0 (read 2026-11-30)
)", "standard"},
    {"resend", R"(
    # source: github standard-webhooks/standard-webhooks spec/standard-webhooks.md (read 2026-11-30) ; https://resend.com/docs/webhooks/retries-and-replays.md (read 2026-11-30)
)", "svix"},
    {"liveblocks", R"(
    # source: github standard-webhooks/standard-webhooks spec/standard-webhooks.md (read 2026-11-30) ; npm @liveblocks/node 3.24.2 (read 2026-11-30)
)", "standard"},
    {"gitlab-signing", R"(
    # source: github standard-webhooks/standard-webhooks spec/standard-webhooks.md (read 2026-11-30) ; https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944 (read 2026-11-30) ; https://gitlab.com/gitlab-org/gitlab/-/merge_requests/160952 (read 2026-11-30)
    # retries: keep the id, which is the Idempotency-Key; so do those by hand
    # repeats: not documented
    algorithm hmac-sha256;
    key whsec;
    signature header:webhook-signature "split= " prefix=v1, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type header:X-GitLab-Event;
    identity event;
)"},
    {"polar", R"(
    # source: github standard-webhooks/standard-webhooks spec/standard-webhooks.md (read 2026-11-30) ; npm @polar-sh/sdk 0.49.0 (read 2026-11-30)
    # retries: keep the id
    # repeats: no
    # Secrets made since 2026-09-08 are decoded as Standard Webhooks says; the text of older ones is the key, whsec_ included.
    algorithm hmac-sha256;
    key utf8 whsec;
    signature header:webhook-signature "split= " prefix=v1, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type json:/type;
    identity event;
)"},
};
// clang-format on

}  // namespace

Definitions standard_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
