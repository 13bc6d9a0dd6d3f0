#pragma once

#include <string>
#include <string_view>

#include "signature/model/definition.hpp"

namespace webhook::signature {

/// Makes the bytes of a key of a shared secret as it was configured. False, and an error without the secret
/// in it, when the rule does not fit the text.
bool decode_key(KeyRule rule, std::string_view secret, std::string* key, std::string* error);

/// True for rules whose keys are bytes, not text: such a key may hold any byte, and may be too short.
bool is_decoded(KeyRule rule);

}  // namespace webhook::signature
