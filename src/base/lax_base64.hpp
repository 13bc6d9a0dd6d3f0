#pragma once

#include <string>
#include <string_view>

namespace webhook::base {

/// Appends what base64 text stands for, in either alphabet, with or without padding and line ends (MIME). For
/// values that are only read; what is compared as a signature is decoded strictly. False when it is something
/// else.
bool decode_lax_base64(std::string_view text, std::string* out);

}  // namespace webhook::base
