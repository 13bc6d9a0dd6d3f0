#pragma once

#include <cstdint>
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

/// The script without comment lines and indentation: it is sent with every large event.
std::string compact_script(std::string_view script);
/// SHA-1 in hex, as EVALSHA wants it.
std::string script_sha(std::string_view script);

}  // namespace webhook::store
