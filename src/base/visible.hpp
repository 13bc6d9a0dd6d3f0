#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::base {

/// True for a character that a terminal obeys or that shows nothing: controls (C0, DEL, C1), bidirectional
/// controls, line and paragraph separators, zero-width characters, variation selectors and tags. With them a
/// text could move the cursor, begin a line of its own, or look like another one.
bool is_hidden(std::uint32_t code_point);

/// Returns the text with hidden characters and bytes that are no UTF-8 as \n, \r, \t and \xNN (of each byte),
/// but for the ASCII characters in `kept`. For people: terminals and logs.
std::string visible(std::string_view text, std::string_view kept = {});

/// Returns JSON text with hidden characters as \uXXXX: the same values. They stand inside strings only.
std::string visible_json(std::string_view json);

}  // namespace webhook::base
