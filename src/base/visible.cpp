#include "base/visible.hpp"

#include <cstdio>

#include "base/utf8.hpp"

namespace webhook::base {

namespace {

struct Range {
    std::uint32_t first, last;
};

// Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties), controls and separators; in order.
constexpr Range hidden[] = {
    {0x0000, 0x001f},    // C0
    {0x007f, 0x009f},    // DEL, C1
    {0x00ad, 0x00ad},    // soft hyphen
    {0x034f, 0x034f},    // combining grapheme joiner
    {0x061c, 0x061c},    // Arabic letter mark
    {0x115f, 0x1160},    // Hangul fillers
    {0x17b4, 0x17b5},    // Khmer inherent vowels
    {0x180b, 0x180f},    // Mongolian selectors and vowel separator
    {0x200b, 0x200f},    // zero-width space and joiners, LRM, RLM
    {0x2028, 0x202e},    // line and paragraph separator, bidirectional embeddings and overrides
    {0x2060, 0x206f},    // word joiner, invisible operators, bidirectional isolates, deprecated controls
    {0x3164, 0x3164},    // Hangul filler
    {0xfe00, 0xfe0f},    // variation selectors
    {0xfeff, 0xfeff},    // byte order mark
    {0xffa0, 0xffa0},    // half-width Hangul filler
    {0xfff0, 0xfffb},    // reserved, interlinear annotations
    {0x1bca0, 0x1bca3},  // shorthand format controls
    {0x1d173, 0x1d17a},  // musical format controls
    {0xe0000, 0xe0fff},  // tags, more variation selectors
};

/// Decodes a well-formed character.
std::uint32_t code_point_of(std::string_view character) {
    if (character.size() == 1) return static_cast<unsigned char>(character[0]);
    std::uint32_t value = static_cast<unsigned char>(character[0]) & (0x7fU >> character.size());
    for (const char c : character.substr(1))
        value = value << 6U | (static_cast<unsigned char>(c) & 0x3fU);
    return value;
}

void append_bytes(std::string_view bytes, std::string* out) {
    for (const char c : bytes) {
        if (c == '\n') {
            *out += "\\n";
        } else if (c == '\r') {
            *out += "\\r";
        } else if (c == '\t') {
            *out += "\\t";
        } else {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned char>(c));
            *out += escape;
        }
    }
}

void append_unit(std::uint32_t unit, std::string* out) {
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(unit & 0xffffU));
    *out += escape;
}

void append_units(std::uint32_t code_point, std::string* out) {
    if (code_point < 0x10000) return append_unit(code_point, out);
    append_unit(0xd800 + ((code_point - 0x10000) >> 10U), out);
    append_unit(0xdc00 + ((code_point - 0x10000) & 0x3ffU), out);
}

/// Copies the text; what is hidden goes through `escape`, and so does each byte that is no UTF-8.
template <class Escape>
std::string rewrite(std::string_view text, std::string_view kept, Escape escape) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t size = utf8_length(text);
        const std::string_view character = text.substr(0, size == 0 ? 1 : size);
        const bool keep = kept.find(character[0]) != std::string_view::npos;
        if (size == 0 || (!keep && is_hidden(code_point_of(character)))) {
            escape(character, size != 0, &out);
        } else {
            out += character;
        }
        text.remove_prefix(character.size());
    }
    return out;
}

}  // namespace

bool is_hidden(std::uint32_t code_point) {
    for (const Range& range : hidden) {
        if (code_point < range.first) return false;
        if (code_point <= range.last) return true;
    }
    return false;
}

std::string visible(std::string_view text, std::string_view kept) {
    return rewrite(text, kept,
                   [](std::string_view character, bool, std::string* out) { append_bytes(character, out); });
}

std::string visible_json(std::string_view json) {
    return rewrite(json, "\n", [](std::string_view character, bool whole, std::string* out) {
        append_units(whole ? code_point_of(character) : 0xfffd, out);
    });
}

}  // namespace webhook::base
