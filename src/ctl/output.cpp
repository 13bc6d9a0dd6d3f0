#include "ctl/output.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>

#include "event/utf8.hpp"
#include "signature/encoding.hpp"

namespace webhook::ctl {

namespace {

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
}

/// Of a well-formed character.
std::uint32_t code_point(std::string_view character) {
    std::uint32_t value = static_cast<unsigned char>(character[0]) & (0x7FU >> character.size());
    for (const char c : character.substr(1))
        value = value << 6U | (static_cast<unsigned char>(c) & 0x3FU);
    return value;
}

/// C0, DEL, C1 and the bidirectional controls, which could show a line otherwise than it is.
bool is_control(std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1) return first < 0x20 || first == 0x7F;
    const std::uint32_t value = code_point(character);
    return value < 0xA0 || (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069);
}

void escape(std::string_view bytes, std::string* out) {
    for (const char c : bytes) {
        if (c == '\n') {
            *out += "\\n";
        } else if (c == '\r') {
            *out += "\\r";
        } else if (c == '\t') {
            *out += "\\t";
        } else {
            *out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
}

std::string make_printable(std::string_view text, std::string_view kept) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t size = event::utf8_length(text);
        const std::string_view character = text.substr(0, size == 0 ? 1 : size);
        const bool keep = kept.find(character[0]) != std::string_view::npos;
        if (size == 0 || (is_control(character) && !keep)) {
            escape(character, &out);
        } else {
            out += character;
        }
        text.remove_prefix(character.size());
    }
    return out;
}

}  // namespace

void print(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) throw OutputClosed{errno};
}

void print_line(std::string_view text) {
    print(text);
    print("\n");
    flush_output();
}

void flush_output() {
    if (std::fflush(stdout) != 0) throw OutputClosed{errno};
}

void print_json(const Json& object) {
    print_line(to_text(object));
}

std::string printable(std::string_view text) {
    return make_printable(text, "");
}

std::string printable_text(std::string_view text) {
    return make_printable(text, "\n\t");
}

bool is_text(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t size = event::utf8_length(bytes);
        if (size == 0 || bytes[0] == '\0') return false;
        bytes.remove_prefix(size);
    }
    return true;
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    for (const char c : text)
        width += is_continuation(c) ? 0 : 1;
    return width;
}

std::string shorten(std::string_view text, std::size_t width) {
    constexpr std::string_view dots = "...";
    if (display_width(text) <= width || width <= dots.size()) return std::string(text);
    std::size_t end = 0;
    for (std::size_t columns = 0; end < text.size(); ++end) {
        if (is_continuation(text[end])) continue;
        if (columns++ == width - dots.size()) break;
    }
    return std::string(text.substr(0, end)).append(dots);
}

std::string base64(std::string_view bytes) {
    std::string out;
    signature::encode_text(bytes, signature::Encoding::base64, &out);
    return out;
}

}  // namespace webhook::ctl
