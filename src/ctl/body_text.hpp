#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ctl/json.hpp"

namespace webhook::ctl {

/// Undoes a content encoding (gzip, x-gzip, deflate; identity and none give the bytes) as far as the bytes
/// go: a body that was cut is decompressed up to the cut, and to at most 1 MiB. Nothing for other encodings
/// and for bytes that are not encoded so.
std::optional<std::string> decompress(std::string_view bytes, std::string_view encoding);

/// The value of one of the "name: value" lines that an attempt keeps of a response; empty when it is not
/// there.
std::string_view response_header(std::string_view headers, std::string_view name);

/// The body of the response that an attempt of the log keeps, decompressed; nothing where it is no text.
std::optional<std::string> response_text(const Json& attempt);

}  // namespace webhook::ctl
