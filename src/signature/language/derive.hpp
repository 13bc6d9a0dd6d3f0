#pragma once

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// Fills in what follows from a checked definition.
void derive(Scheme* scheme);

}  // namespace webhook::signature
