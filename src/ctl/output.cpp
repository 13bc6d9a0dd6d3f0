#include "ctl/output.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>

#include "base/encoding.hpp"
#include "base/utf8.hpp"
#include "base/visible.hpp"

namespace webhook::ctl {

namespace {

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
}

}  // namespace

void print(std::string_view text) {
    const std::string shown = printable_text(text);
    if (std::fwrite(shown.data(), 1, shown.size(), stdout) != shown.size()) throw OutputClosed{errno};
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

void print_error(std::string_view text) {
    fmt::print(stderr, "webhookctl: {}\n", printable_text(text));
}

std::string printable(std::string_view text) {
    return base::visible(text);
}

std::string printable_text(std::string_view text) {
    return base::visible(text, "\n\t");
}

bool is_text(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t size = base::utf8_length(bytes);
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
    base::encode_text(bytes, base::Encoding::base64, &out);
    return out;
}

}  // namespace webhook::ctl
