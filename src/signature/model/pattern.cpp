#include "signature/model/pattern.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace webhook::signature {

namespace {

unsigned char byte(char c) {
    return static_cast<unsigned char>(c);
}

bool parse_class(std::string_view text, std::bitset<256>* allowed) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool range = i + 2 < text.size() && text[i + 1] == '-';
        const unsigned from = byte(text[i]), to = range ? byte(text[i + 2]) : from;
        if (from > to) return false;
        for (unsigned c = from; c <= to; ++c)
            allowed->set(c);
        if (range) i += 2;
    }
    return allowed->any();
}

bool parse_lengths(std::string_view text, Pattern* pattern) {
    const std::size_t comma = text.find(',');
    if (!base::to_number(text.substr(0, comma), &pattern->min)) return false;
    pattern->max = pattern->min;
    if (comma != std::string_view::npos && !base::to_number(text.substr(comma + 1), &pattern->max))
        return false;
    return pattern->min >= 1 && pattern->min <= pattern->max && pattern->max <= max_echo;
}

Pattern make_plain_text() {
    Pattern pattern;
    pattern.allowed.set();
    for (unsigned c = 0; c < 0x20; ++c)
        pattern.allowed.reset(c);
    pattern.allowed.reset(0x7f);
    pattern.max = max_echo;
    return pattern;
}

}  // namespace

bool Pattern::admits(std::string_view text) const {
    return std::all_of(text.begin(), text.end(), [this](char c) { return allowed[byte(c)]; });
}

bool Pattern::matches(std::string_view text) const {
    return text.size() >= min && text.size() <= max && admits(text);
}

bool parse_pattern(std::string_view text, Pattern* pattern) {
    const std::size_t end = text.find(']');
    if (text.empty() || text.front() != '[' || end == std::string_view::npos) return false;
    const std::string_view lengths = text.substr(end + 1);
    if (lengths.size() < 3 || lengths.front() != '{' || lengths.back() != '}') return false;
    *pattern = Pattern{};
    return parse_class(text.substr(1, end - 1), &pattern->allowed) &&
           parse_lengths(lengths.substr(1, lengths.size() - 2), pattern);
}

const Pattern& plain_text() {
    static const Pattern pattern = make_plain_text();
    return pattern;
}

}  // namespace webhook::signature
