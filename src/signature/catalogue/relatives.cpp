// Senders that use Standard Webhooks, or Svix' names for its headers, as they are: other names of those
// definitions. A sender that changes anything (the key, a header) has a definition of its own.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"anthropic", R"(
    # source: npm @anthropic-ai/sdk 1.14.0 (read 2026-11-30)
)", "standard"},
    {"argil", R"(
    # source: https://docs.argil.ai/v2/platform/webhooks (read 2026-11-30)
)", "standard"},
    {"autumn", R"(
    # source: npm @trigger.dev/sdk 4.8.3 docs/webhooks/sources.mdx (read 2026-11-30)
)", "svix"},
    {"composio", R"(
    # source: npm @trigger.dev/sdk 4.8.3 docs/webhooks/sources.mdx (read 2026-11-30)
)", "standard"},
    {"dodo-payments", R"(
    # source: https://docs.dodopayments.com/es/developer-resources/webhooks (read 2026-11-30)
)", "standard"},
    {"folk", R"(
    # source: github NangoHQ/nango packages/server/lib/webhook/folk-webhook-routing.ts (read 2026-11-30)
)", "standard"},
    {"granola", R"(
    # source: npm @trigger.dev/sdk 4.8.3 docs/webhooks/sources.mdx (read 2026-11-30)
)", "standard"},
    {"loops", R"(
    # source: npm @trigger.dev/sdk 4.8.3 docs/webhooks/sources.mdx (read 2026-11-30)
)", "standard"},
    {"quo", R"(
    # source: https://www.quo.com/docs/2026-03-30/webhooks-quickstart (read 2026-11-30)
)", "standard"},
    {"recall-ai", R"(
    # source: npm @trigger.dev/sdk 4.8.3 docs/webhooks/sources.mdx (read 2026-11-30)
)", "standard"},
    {"shipbob", R"(
    # source: https://www.skills.sh/hookdeck/webhook-skills/shipbob-webhooks (read 2026-11-30)
)", "standard"},
    {"straddle", R"(
    # source: https://www.rubydoc.info/gems/straddle/Straddle/Resources/Webhooks (read 2026-11-30)
)", "standard"},
    {"stytch", R"(
    # source: from memory
)", "svix"},
    {"vanta", R"(
    # source: from memory
)", "svix"},
};
// clang-format on

}  // namespace

Definitions relatives_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
