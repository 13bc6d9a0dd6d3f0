#pragma once

#include <string>
#include <string_view>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// False, with a message and the word of the directive at fault, for a definition whose parts do not fit
/// together or that could let a forgery through.
bool validate_scheme(const Scheme& scheme, std::string* error, std::string_view* word);

}  // namespace webhook::signature
