#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace webhook::store {

// Redis serialisation protocol (RESP2), the sending side: a command is an array of bulk strings.

/// Begins a command of `words` bulk strings.
void resp_array(std::size_t words, std::string* out);
void resp_bulk(std::string_view value, std::string* out);
void resp_number(std::uint64_t value, std::string* out);
/// Only "$<size>\r\n": the caller appends the bytes and "\r\n".
void resp_bulk_header(std::size_t size, std::string* out);

/// A whole command of texts.
template <typename... Words>
std::string resp_command(const Words&... words) {
    std::string out;
    resp_array(sizeof...(words), &out);
    (resp_bulk(words, &out), ...);
    return out;
}

/// Writes the same where there is room already, which its user has reckoned: nothing grows, nothing is
/// checked.
class RespCursor {
  public:
    /// Longest number with its line end: "$18446744073709551615\r\n".
    static constexpr std::size_t line_size = 23;
    /// Bytes that bulk() adds to the value.
    static constexpr std::size_t frame_size = line_size + 2;

    explicit RespCursor(char* at) : at_(at) {}
    const char* end() const { return at_; }

    void raw(std::string_view text) {
        if (text.empty()) return;
        std::memcpy(at_, text.data(), text.size());
        at_ += text.size();
    }
    void line(char prefix, std::uint64_t value) {
        *at_++ = prefix;
        digits(value);
        raw("\r\n");
    }
    void bulk(std::string_view value) {
        line('$', value.size());
        raw(value);
        raw("\r\n");
    }

  private:
    void digits(std::uint64_t value) {
        if (value < 10) {
            *at_++ = static_cast<char>('0' + value);
        } else if (value < 100) {
            *at_++ = static_cast<char>('0' + value / 10);
            *at_++ = static_cast<char>('0' + value % 10);
        } else {
            at_ = std::to_chars(at_, at_ + 20, value).ptr;
        }
    }

    char* at_;
};

}  // namespace webhook::store
