#pragma once

#include <cstdint>
#include <string_view>

namespace webhook::module {

/// What became of a request: the words of $webhook_verdict.
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
    unsigned status;          ///< the default answer
    std::string_view answer;  ///< the whole body of an answer without an id
    bool with_id;             ///< the answer tells the event's id
};

const VerdictInfo& info_of(Verdict verdict);

}  // namespace webhook::module
