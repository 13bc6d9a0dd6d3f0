#include "base/json_text.hpp"

#include <cstdio>

#include "base/utf8.hpp"

namespace webhook::base {

namespace {

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
        } else if (const std::size_t sequence = byte < 0x80 ? 0 : utf8_length(text); sequence != 0) {
            out->append(text.substr(0, sequence));
            length = sequence;
        } else {
            append_escape(byte, out);
        }
        text.remove_prefix(length);
    }
}

}  // namespace webhook::base
