#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webhook::endpoint {

/// A piece of path and query: text as it is sent, or a macro whose value is put there URL-encoded.
struct UrlPart {
    enum class Kind : std::uint8_t {
        literal,
        attribute,  ///< {source}: an attribute of the event
        query,      ///< {query.click_id}: a parameter of the query the event came with
        header,     ///< {header.x-foo}: a request header kept with the event; lower case
        pointer,    ///< {/data/id}: a JSON pointer into the event's data
    };
    Kind kind = Kind::literal;
    std::string text;
};

/// An endpoint's URL taken apart. http and https only, no user, no fragment, macros in path and query only.
struct Url {
    bool tls = false;
    std::string host;  ///< lower case; an IPv6 address without brackets
    std::uint16_t port = 0;
    std::string authority;        ///< for the Host header: the port is left out when it is the scheme's own
    std::vector<UrlPart> target;  ///< begins with a literal that begins with "/"

    bool has_macros() const { return target.size() > 1; }
};

/// `error` says what is wrong in words for the author of the document. It does not quote the URL, which may
/// hold secrets.
std::optional<Url> parse_url(std::string_view text, std::string* error);

}  // namespace webhook::endpoint
