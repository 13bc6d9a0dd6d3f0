#pragma once

#include <string>

#include "signature/definition.hpp"

namespace webhook::signature {

/// Calls `use(scheme)` for the definition and for each of its alternatives: what holds of one message need not hold of the
/// others.
template <class Use>
void each_choice(const Scheme& scheme, Use use) {
    use(scheme);
    for (const auto& other : scheme.alternatives)
        use(*other);
}

/// False, with a message, when a signature of one message could be taken for one of the other.
bool check_alternative(const Scheme& scheme, const Scheme& other, std::string* error);

}  // namespace webhook::signature
