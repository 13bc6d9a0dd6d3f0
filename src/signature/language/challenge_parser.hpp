#pragma once

#include <string>
#include <vector>

#include "signature/model/challenge_rule.hpp"

namespace webhook::signature {

/// Reads the words of a `challenge` directive ([0] is its name); false with a message that names the word.
bool parse_challenge(const std::vector<std::string>& words, ChallengeRule* rule, std::string* error);

}  // namespace webhook::signature
