#pragma once

#include <string>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// Checks the message: false, with an error, when a part of it cannot be computed or means nothing, when it
/// signs nothing of the request, or leaves out the body without `unsigned_body`.
bool validate_message(const Scheme& scheme, std::string* error);

}  // namespace webhook::signature
