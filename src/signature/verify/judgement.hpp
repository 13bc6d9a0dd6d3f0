#pragma once

#include <cstdint>

#include "event/request.hpp"
#include "signature/model/outcome.hpp"
#include "signature/verify/challenge.hpp"
#include "signature/verify/verifier.hpp"

namespace webhook::signature {

/// The result of judging a request.
struct Judgement {
    Outcome outcome;
    bool takes_method = true;  ///< false: only challenges come by this method, and the request is none
    Reply reply;               ///< of verdict `challenge`: the answer
};

/// The reason to log when `takes_method` is false.
inline constexpr const char* method_reason = "method not allowed but in a challenge";

/// Judges a request in the order that the module and webhookctl share: challenges that need no signature, the
/// method, the signature, challenges that need a signature. `keeps_captured`: whether captured values can be
/// stored as an event; where they cannot, a challenge that captures some counts as an event.
Judgement judge_request(const Verifier& verifier, const event::Request& request, std::int64_t now_ms,
                        bool keeps_captured) noexcept;

}  // namespace webhook::signature
