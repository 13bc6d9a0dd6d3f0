#pragma once

#include <bitset>
#include <cstddef>
#include <string_view>

namespace webhook::signature {

/// Form of an echoed text: characters of one class, between `min` and `max` of them. Written
/// "[A-Za-z0-9_-]{1,128}".
struct Pattern {
    std::bitset<256> allowed;
    std::size_t min = 1, max = 0;

    bool matches(std::string_view text) const;
    bool admits(std::string_view text) const;  ///< every character is of the class; the length does not count
};

/// Longest text that any pattern takes.
inline constexpr std::size_t max_echo = 1024;

/// False when `text` is not a class in brackets (ranges, characters; no "]", no escapes) followed by
/// {MIN,MAX} or {N} with 1 <= MIN <= MAX <= max_echo.
bool parse_pattern(std::string_view text, Pattern* pattern);

/// The pattern of values that have none: no control characters, 1 to max_echo bytes.
const Pattern& plain_text();

}  // namespace webhook::signature
