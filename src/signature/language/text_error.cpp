#include "signature/language/text_error.hpp"

#include <algorithm>

#include "base/visible.hpp"

namespace webhook::signature {

namespace {

/// Bytes of a line that are shown before and after the caret.
constexpr std::size_t shown_before = 60, shown_after = 60;

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

/// Tabs would move the caret away from what it points at.
std::string shown(std::string_view text) {
    std::string out(text);
    std::replace(out.begin(), out.end(), '\t', ' ');
    return base::visible(out);
}

}  // namespace

std::string describe(std::string_view file, const TextError& error) {
    std::string text(file);
    text.append(":").append(std::to_string(error.line)).append(": ").append(error.message);
    if (!error.excerpt.empty()) text.append("\n").append(error.excerpt, 0, error.excerpt.size() - 1);
    return text;
}

std::string excerpt_at(std::string_view text, std::size_t at) {
    at = std::min(at, text.size());
    const std::size_t newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    std::string_view before = text.substr(begin, at - begin);
    std::string_view after = text.substr(at, text.find_first_of("\r\n", at) - at);
    const bool cut_before = before.size() > shown_before, cut_after = after.size() > shown_after;
    if (cut_before) before.remove_prefix(before.size() - shown_before);
    if (cut_after) after = after.substr(0, shown_after);
    while (cut_before && !before.empty() && continues_character(before.front()))
        before.remove_prefix(1);
    while (cut_after && !after.empty() && continues_character(text[at + after.size()]))
        after.remove_suffix(1);
    const std::string left = (cut_before ? "..." : "") + shown(before);
    const auto width = static_cast<std::size_t>(
        std::count_if(left.begin(), left.end(), [](char c) { return !continues_character(c); }));
    return left + shown(after) + (cut_after ? "...\n" : "\n") + std::string(width, ' ') + "^\n";
}

}  // namespace webhook::signature
