#pragma once

#include <string>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// Checks a challenge: false, with an error, for a rule that would answer genuine events, sign what could be
/// a message, store values of unverified clients, or that cannot be sent.
bool validate_challenge(const Scheme& scheme, const ChallengeRule& rule, std::string* error);

}  // namespace webhook::signature
