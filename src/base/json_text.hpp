#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::base {

/// What becomes of bytes that are not UTF-8 in JSON text, which must be (RFC 8259 section 8.1).
enum class InvalidUtf8 : std::uint8_t {
    as_latin1,  ///< \u0080 to \u00ff, so that the bytes can be recovered: values of headers
    replaced,   ///< U+FFFD for each byte
    kept,       ///< unchanged, for a text that is compared with what a sender wrote
};

/// Appends `text` as the inside of a JSON string, escaped as JavaScript's JSON.stringify does.
void append_json(std::string_view text, std::string* out, InvalidUtf8 invalid = InvalidUtf8::as_latin1);

/// The same with quotes around it.
void append_json_string(std::string_view text, std::string* out,
                        InvalidUtf8 invalid = InvalidUtf8::as_latin1);

}  // namespace webhook::base
