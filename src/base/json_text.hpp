#pragma once

#include <string>
#include <string_view>

namespace webhook::base {

/// Appends `text` as the inside of a JSON string. Bytes that are not UTF-8 are taken as Latin-1, so that the
/// result is always valid JSON.
void append_json(std::string_view text, std::string* out);

}  // namespace webhook::base
