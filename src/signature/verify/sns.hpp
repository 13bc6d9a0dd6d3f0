#pragma once

#include "signature/verify/code_input.hpp"

namespace webhook::signature {

/// AWS SNS messages, SignatureVersion 1 and 2.
Outcome check_sns(const CodeInput& input);

}  // namespace webhook::signature
