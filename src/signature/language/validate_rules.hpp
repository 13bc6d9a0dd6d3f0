#pragma once

#include <string>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// True for algorithms that say themselves what is signed (verify/algorithm.hpp).
bool has_own_rules(const Scheme& scheme);

/// Checks that such a definition is complete, and has no directive without effect.
bool validate_own_rules(const Scheme& scheme, std::string* error);

/// Checks that algorithm, key rule, `claims` and `covers` fit together.
bool validate_key_rules(const Scheme& scheme, std::string* error);

}  // namespace webhook::signature
