#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace webhook::module {

/// Result of a request: the words of $webhook_verdict.
enum class Verdict : std::uint8_t {
    none,  ///< not judged (yet)
    accepted,
    duplicate,
    ignored,
    challenge,
    no_signature,
    forged,
    stale,
    malformed,
    conflict,
    too_large,
    encoded,
    method,
    busy,
    unavailable,
    in_progress,
};

struct VerdictInfo {
    std::string_view name;    ///< "unsigned"
    std::string_view answer;  ///< the whole body of an answer without an id
    unsigned status;          ///< of the default answer
    bool with_id;             ///< the response contains the event's id
};

const VerdictInfo& info_of(Verdict verdict);

inline constexpr std::size_t verdict_count = static_cast<std::size_t>(Verdict::in_progress) + 1;

/// Verdict::none when it is not the name of one.
Verdict verdict_from_name(std::string_view name);

}  // namespace webhook::module
