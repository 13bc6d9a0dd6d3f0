#include "base/lax_base64.hpp"

#include "base/text.hpp"

namespace webhook::base {

namespace {

/// -1: of neither alphabet.
int value_of(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return -1;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

bool decode_lax_base64(std::string_view text, std::string* out) {
    unsigned bits = 0;
    std::size_t digits = 0, padding = 0;
    for (const char c : text) {
        if (is_blank(c)) continue;
        if (c == '=') {
            ++padding;
            continue;
        }
        const int value = value_of(c);
        if (value < 0 || padding > 0) return false;
        bits = bits << 6 | static_cast<unsigned>(value);
        if (++digits % 4 == 1) continue;
        const std::size_t shift = 6 - 2 * ((digits - 1) % 4);  // 4, 2, 0
        out->push_back(static_cast<char>(bits >> shift));
    }
    return digits % 4 != 1 && padding <= 2;
}

}  // namespace webhook::base
