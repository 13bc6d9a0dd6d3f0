#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "endpoint/target_template.hpp"

namespace webhook::endpoint {

/// An endpoint's URL taken apart. http and https only, no user, no fragment, templates in path and query
/// only.
struct Url {
    bool tls = false;
    std::string host;  ///< lower case; an IPv6 address without brackets
    std::uint16_t port = 0;
    std::string authority;  ///< for the Host header: the port is left out when it is the scheme's own
    TargetTemplate target;

    bool has_macros() const { return target.fixed() == nullptr; }
};

/// Returns whether a URL as written, or its beginning, has templates; "{{" and "}}" are braces.
bool has_macros(std::string_view text);

/// `error` says what is wrong in words for the author of the document. It does not quote the URL, which may
/// hold secrets.
std::optional<Url> parse_url(std::string_view text, std::string* error);

}  // namespace webhook::endpoint
