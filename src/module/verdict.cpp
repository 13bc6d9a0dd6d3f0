#include "module/verdict.hpp"

namespace webhook::module {

namespace {

#define WEBHOOK_VERDICT(name, status, with_id) \
    { name, "{\"verdict\":\"" name "\"}", status, with_id }

// In the order of the enumeration.
constexpr VerdictInfo infos[] = {
    {"", "", 500, false},
    WEBHOOK_VERDICT("accepted", 200, true),
    WEBHOOK_VERDICT("duplicate", 200, true),
    WEBHOOK_VERDICT("ignored", 200, false),
    WEBHOOK_VERDICT("challenge", 200, false),
    WEBHOOK_VERDICT("unsigned", 401, false),
    WEBHOOK_VERDICT("forged", 401, false),
    WEBHOOK_VERDICT("stale", 401, false),
    WEBHOOK_VERDICT("malformed", 400, false),
    WEBHOOK_VERDICT("conflict", 200, true),
    WEBHOOK_VERDICT("too_large", 413, false),
    WEBHOOK_VERDICT("encoded", 415, false),
    WEBHOOK_VERDICT("method", 405, false),
    WEBHOOK_VERDICT("busy", 503, false),
    WEBHOOK_VERDICT("unavailable", 503, false),
    WEBHOOK_VERDICT("in_progress", 503, false),
};

#undef WEBHOOK_VERDICT

static_assert(sizeof infos / sizeof infos[0] == verdict_count);

}  // namespace

const VerdictInfo& info_of(Verdict verdict) {
    return infos[static_cast<std::size_t>(verdict)];
}

Verdict verdict_from_name(std::string_view name) {
    for (std::size_t i = 1; i < verdict_count; ++i) {
        if (infos[i].name == name) return static_cast<Verdict>(i);
    }
    return Verdict::none;
}

}  // namespace webhook::module
