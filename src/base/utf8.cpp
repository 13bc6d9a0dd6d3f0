#include "base/utf8.hpp"

#include <algorithm>

namespace webhook::base {

namespace {

struct Lead {
    std::size_t follow;             ///< bytes that follow; 0: not a lead byte
    unsigned char lowest, highest;  ///< of the first that follows
};

Lead lead_of(unsigned char byte) {
    if (byte >= 0xc2 && byte <= 0xdf) return {1, 0x80, 0xbf};
    if (byte == 0xe0) return {2, 0xa0, 0xbf};
    if (byte == 0xed) return {2, 0x80, 0x9f};
    if (byte >= 0xe1 && byte <= 0xef) return {2, 0x80, 0xbf};
    if (byte == 0xf0) return {3, 0x90, 0xbf};
    if (byte == 0xf4) return {3, 0x80, 0x8f};
    if (byte >= 0xf1 && byte <= 0xf3) return {3, 0x80, 0xbf};
    return {0, 0, 0};
}

/// The result for other characters does not matter: yajl refuses them.
unsigned hex_value(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    return (static_cast<unsigned>(c) | 0x20) - 'a' + 10;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) return 1;
    const Lead lead = lead_of(byte(0));
    if (lead.follow == 0 || text.size() <= lead.follow) return 0;
    if (byte(1) < lead.lowest || byte(1) > lead.highest) return 0;
    for (std::size_t i = 2; i <= lead.follow; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    return lead.follow + 1;
}

bool valid_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

bool PlainTextScan::step(unsigned char byte) {
    if (follow_ != 0) {
        const bool good = byte >= lowest_ && byte <= highest_;
        lowest_ = 0x80;
        highest_ = 0xbf;
        --follow_;
        return good;
    }
    if (byte < 0x80) return byte == '\t' || byte == '\r' || byte == '\n' || (byte >= 0x20 && byte != 0x7f);
    const Lead lead = lead_of(byte);
    constexpr unsigned char c1_lead = 0xc2, after_c1 = 0xa0;
    follow_ = lead.follow;
    lowest_ = byte == c1_lead ? after_c1 : lead.lowest;
    highest_ = lead.highest;
    return follow_ != 0;
}

bool PlainTextScan::feed(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [this](char c) { return step(static_cast<unsigned char>(c)); });
}

bool SurrogateScan::feed(std::string_view text) {
    while (!text.empty()) {
        if (place_ == Place::text && !high_) {
            const std::size_t next = text.find('\\');
            if (next == std::string_view::npos) return true;
            text.remove_prefix(next);
        }
        if (!step(text.front())) return false;
        text.remove_prefix(1);
    }
    return true;
}

bool SurrogateScan::step(char c) {
    if (place_ == Place::digits) {
        unit_ = unit_ * 16 + hex_value(c);
        return ++digits_ < 4 || take_unit();
    }
    if (place_ == Place::text) {
        if (c == '\\') place_ = Place::escape;
        return c == '\\' || !high_;
    }
    place_ = c == 'u' ? Place::digits : Place::text;
    digits_ = unit_ = 0;
    return c == 'u' || !high_;
}

bool SurrogateScan::take_unit() {
    const bool is_low = unit_ >= 0xdc00 && unit_ <= 0xdfff;
    place_ = Place::text;
    if (is_low != high_) return false;
    high_ = unit_ >= 0xd800 && unit_ <= 0xdbff;
    return true;
}

}  // namespace webhook::base
