#pragma once

#include <string>
#include <string_view>

namespace webhook::endpoint {

/// Says what is wrong with a header name in a document; empty: it may be set. Refused are names that are no
/// tokens (RFC 9110), those that belong to the connection or the message framing, and those every attempt
/// sets itself.
std::string check_header_name(std::string_view name);

/// True for a value that may follow a name: no control characters but tab, at most 4096 bytes.
bool valid_header_value(std::string_view value);

/// True when the value is plainly no secret, whatever it is: what it accepts, what it sends, who it is.
/// Values of all other headers are masked where documents are shown.
bool is_public_header(std::string_view name);

/// True when the name says that the value is a secret (authorization, cookie, ...key, ...token, ...secret):
/// it must be a proper one then, see check_secret().
bool is_secret_header(std::string_view name);

}  // namespace webhook::endpoint
