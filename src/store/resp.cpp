#include "store/resp.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>

namespace webhook::store {

namespace {

void append_line(char prefix, std::uint64_t value, std::string* out) {
    char line[RespCursor::line_size];
    RespCursor cursor(line);
    cursor.line(prefix, value);
    out->append(line, static_cast<std::size_t>(cursor.end() - line));
}

}  // namespace

void resp_array(std::size_t words, std::string* out) {
    append_line('*', words, out);
}

void resp_bulk_header(std::size_t size, std::string* out) {
    append_line('$', size, out);
}

void resp_bulk(std::string_view value, std::string* out) {
    resp_bulk_header(value.size(), out);
    out->append(value);
    out->append("\r\n", 2);
}

void resp_number(std::uint64_t value, std::string* out) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    resp_bulk({digits, static_cast<std::size_t>(end - digits)}, out);
}

std::string compact_script(std::string_view script) {
    std::string compact;
    while (!script.empty()) {
        const std::size_t end = std::min(script.find('\n'), script.size());
        std::string_view line = script.substr(0, end);
        script.remove_prefix(std::min(end + 1, script.size()));
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (!line.empty() && line.substr(0, 2) != "--") compact.append(line).append("\n");
    }
    return compact;
}

std::string script_sha(std::string_view script) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(script.data(), script.size(), digest, &size, EVP_sha1(), nullptr);
    std::string hex;
    for (unsigned i = 0; i < size; ++i) {
        hex += "0123456789abcdef"[digest[i] >> 4];
        hex += "0123456789abcdef"[digest[i] & 15];
    }
    return hex;
}

}  // namespace webhook::store
