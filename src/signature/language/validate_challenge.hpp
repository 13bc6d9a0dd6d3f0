#pragma once

#include <string>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// False, with a message, for a rule that would answer genuine events, sign what could be a message, tell a
/// stranger's values to the operator, or that cannot be sent.
bool validate_challenge(const Scheme& scheme, const ChallengeRule& rule, std::string* error);

}  // namespace webhook::signature
