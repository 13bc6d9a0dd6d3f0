#pragma once

#include <string>

#include "signature/definition.hpp"

namespace webhook::signature {

/// False, with a message, for a definition whose parts do not fit together or that could let a forgery
/// through.
bool check_scheme(const Scheme& scheme, std::string* error);

/// Fills in what follows from a checked definition.
void derive(Scheme* scheme);

}  // namespace webhook::signature
