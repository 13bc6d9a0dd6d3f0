#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json_value.hpp"

namespace webhook::endpoint {

/// A value on its way through filters. No value: it is missing.
struct Filtered {
    std::optional<base::JsonValue> value;
    bool bytes = false;   ///< a digest that has not been written as text yet
    bool secret = false;  ///< it comes from a secret: no message may show it
};

/// The value as text: numbers as written, arrays and objects as JSON, bytes in hex. Nothing for what is
/// missing or null.
std::optional<std::string> text_of(const Filtered& filtered);

/// Appends the value as JSON. Bytes that are not UTF-8 become U+FFFD.
void append_value(const base::JsonValue& value, std::string* out);
void append_string(std::string_view text, std::string* out);

}  // namespace webhook::endpoint
