#include "event/json_text.hpp"

#include <cstdint>
#include <cstdio>

namespace webhook::event {

namespace {

/// Bytes of the UTF-8 sequence at the front of `text`; 0 when it is none (RFC 3629).
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    const std::size_t length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length == 0 || text.size() < length) return 0;
    std::uint32_t code = lead & (0xff >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
        code = code << 6 | (byte(i) & 0x3f);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return overlong || surrogate || code > 0x10ffff ? 0 : length;
}

void append_escape(unsigned char byte, std::string* out) {
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\u%04x", byte);
    out->append(escape, 6);
}

}  // namespace

void append_json(std::string_view text, std::string* out) {
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text[0]);
        std::size_t length = 1;
        if (byte == '"' || byte == '\\') {
            out->push_back('\\');
            out->push_back(text[0]);
        } else if (byte >= 0x20 && byte < 0x7f) {
            out->push_back(text[0]);
        } else if (const std::size_t sequence = byte < 0x80 ? 0 : sequence_length(text); sequence != 0) {
            out->append(text.substr(0, sequence));
            length = sequence;
        } else {
            append_escape(byte, out);
        }
        text.remove_prefix(length);
    }
}

}  // namespace webhook::event
