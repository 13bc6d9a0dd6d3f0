#include "store/resp.hpp"

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

}  // namespace webhook::store
