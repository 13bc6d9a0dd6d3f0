#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

namespace webhook::base {

// ASCII only: bytes of other letters stay and are no letters, whatever the locale.

inline char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

inline std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
    return out;
}

/// Without the blanks and tabs around it, which are no part of a header's value (RFC 9110 section 5.5).
inline std::string_view trim_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    text.remove_suffix(text.size() - (text.find_last_not_of(blanks) + 1));
    return text;
}

inline bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

inline bool starts_with(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

/// Case does not count, as in the names of headers.
inline bool equal_names(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

/// Takes `prefix` off the front of `text`; false when it is not there.
inline bool take_prefix(std::string_view* text, std::string_view prefix) {
    if (!starts_with(*text, prefix)) return false;
    text->remove_prefix(prefix.size());
    return true;
}

/// True for ASCII control characters, which no id, type, source or tenant may hold.
inline bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// The name of a stream, an endpoint, a scheme or a secret: [A-Za-z0-9_.-]{1,longest}.
inline bool is_name(std::string_view text, std::size_t longest = 64) {
    return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alphanumeric(c) || c == '_' || c == '.' || c == '-';
    });
}

/// A token of HTTP (RFC 9110 section 5.6.2), such as the name of a header.
inline bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alphanumeric(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

/// "name=value" -> value; false when the word does not begin with `name`.
inline bool option(std::string_view word, std::string_view name, std::string_view* value) {
    if (!starts_with(word, name)) return false;
    *value = word.substr(name.size());
    return true;
}

/// Reads a whole number without a sign; false when it is none, or too large.
template <class Number>
bool to_number(std::string_view text, Number* number) {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), *number);
    return code == std::errc() && end == text.data() + text.size() && !text.empty() && text[0] != '-';
}

/// Quotes a word of the user for a message.
inline std::string in_quotes(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

}  // namespace webhook::base
