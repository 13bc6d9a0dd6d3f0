#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "signature/language/directives.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// Reads and checks a definition that has one message at most. parse_scheme() calls it for each of several.
std::unique_ptr<Scheme> read_definition(std::string_view name, const std::vector<Directive>& directives,
                                        LanguageError* error);

}  // namespace webhook::signature
