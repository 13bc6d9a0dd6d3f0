#pragma once

#include <string>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// True for algorithms that say themselves what is signed (code_check.hpp).
bool has_own_rules(const Scheme& scheme);

/// Whether such a definition says what it must, and nothing that would have no effect.
bool validate_own_rules(const Scheme& scheme, std::string* error);

/// Whether algorithm, key rule, `claims` and `covers` fit together.
bool validate_key_rules(const Scheme& scheme, std::string* error);

}  // namespace webhook::signature
