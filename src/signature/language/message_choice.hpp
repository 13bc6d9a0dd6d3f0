#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "signature/language/parser.hpp"
#include "signature/model/definition.hpp"

namespace webhook::signature {

/// Calls `use(scheme)` for the definition and for each of its alternatives: what holds of one message need
/// not hold of the others.
template <class Use>
void each_choice(const Scheme& scheme, Use use) {
    use(scheme);
    for (const auto& other : scheme.alternatives)
        use(*other);
}

/// Parses and checks a definition that has one message at most; what parse_scheme() makes of each of several.
std::unique_ptr<Scheme> parse_one_message(std::string_view name, const std::vector<Directive>& directives,
                                          LanguageError* error);

}  // namespace webhook::signature
