#pragma once

#include "signature/verify/code_input.hpp"

namespace webhook::signature {

/// The check of an algorithm that has rules of its own; nullptr for the others.
CodeCheck code_check(Algorithm algorithm);

}  // namespace webhook::signature
