#include "base/json_text.hpp"

#include "base/utf8.hpp"

namespace webhook::base {

namespace {

bool is_plain(char c) {
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 && c != '"' &&
           c != '\\';
}

std::size_t plain_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && is_plain(text[length]))
        ++length;
    return length;
}

/// A control character, a quote, a backslash or, as Latin-1, a byte from 0x80 on.
void append_escape(char c, std::string* out) {
    static constexpr std::string_view special = "\"\\\b\f\n\r\t", letters = "\"\\bfnrt";
    static constexpr char digits[] = "0123456789abcdef";
    const std::size_t at = special.find(c);
    if (at != std::string_view::npos) {
        out->append({'\\', letters[at]});
    } else {
        const auto byte = static_cast<unsigned char>(c);
        out->append("\\u00").append({digits[byte >> 4], digits[byte & 15]});
    }
}

void append_invalid(char c, InvalidUtf8 invalid, std::string* out) {
    switch (invalid) {
        case InvalidUtf8::as_latin1:
            return append_escape(c, out);
        case InvalidUtf8::replaced:
            out->append("\xef\xbf\xbd");
            return;
        case InvalidUtf8::kept:
            out->push_back(c);
            return;
    }
}

}  // namespace

void append_json(std::string_view text, std::string* out, InvalidUtf8 invalid) {
    while (!text.empty()) {
        std::size_t length = plain_length(text);
        if (length == 0 && static_cast<unsigned char>(text[0]) >= 0x80) length = utf8_length(text);
        out->append(text.substr(0, length));
        text.remove_prefix(length);
        if (length != 0) continue;
        if (static_cast<unsigned char>(text[0]) < 0x80)
            append_escape(text[0], out);
        else
            append_invalid(text[0], invalid, out);
        text.remove_prefix(1);
    }
}

void append_json_string(std::string_view text, std::string* out, InvalidUtf8 invalid) {
    out->push_back('"');
    append_json(text, out, invalid);
    out->push_back('"');
}

}  // namespace webhook::base
