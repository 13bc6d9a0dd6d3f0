#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::base {

/// The parts of a URL or of a request target (RFC 3986 appendix B), as views of the text; nothing is decoded.
/// A text that begins with "/" is a request target: it has neither scheme nor authority, also when it begins
/// with "//". The query begins at the first "?", the fragment at the first "#".
struct UrlParts {
    std::string_view scheme;     ///< without "://"; empty: there is none, and no authority
    std::string_view authority;  ///< user, host and port, as written
    std::string_view path;       ///< empty, or begins with "/" after an authority
    std::string_view query;      ///< without "?"
    std::string_view target;     ///< path and query, without the fragment
    std::string_view tail;       ///< path, query and fragment: everything after the authority
    bool has_query = false;      ///< true for an empty query, too
};

UrlParts split_url(std::string_view text);

/// Returns the path of a request target or of an absolute URL; empty for any other text.
std::string_view path_of(std::string_view url);

/// Returns the query, without "?" and fragment.
std::string_view query_of(std::string_view url);

/// Appends a parameter to the query of `url`, before a fragment; name and value are percent-encoded.
void append_param(std::string_view name, std::string_view value, std::string* url);

/// Host and port of an authority without user, as views.
struct HostPort {
    std::string_view host;   ///< an IPv6 address without brackets
    std::string_view port;   ///< the digits as written; empty: there is no port
    bool bracketed = false;  ///< the host stood in brackets
    bool has_colon = false;  ///< a ":" follows the host
};

/// Splits "host", "host:port", "[v6]" and "[v6]:port"; what host and port hold is left to the caller. Returns
/// nullptr, or what is wrong ("has "[" without "]"").
const char* split_authority(std::string_view authority, HostPort* parts);

/// Reads 1 to 65535 in digits only; false for anything else.
bool parse_port(std::string_view text, std::uint16_t* port);

}  // namespace webhook::base
