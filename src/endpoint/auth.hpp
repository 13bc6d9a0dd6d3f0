#pragma once

#include <cstdint>
#include <string>

namespace webhook::endpoint {

/// The field `auth`: what the header Authorization of each request is made of.
struct Auth {
    enum class Kind : std::uint8_t { none, basic, bearer, oauth2 };
    Kind kind = Kind::none;
    std::string user;       ///< of basic; `client_id` of oauth2
    std::string secret;     ///< literal or `secret:NAME`: password, token, `client_secret`
    std::string token_url;  ///< of oauth2, as the two below
    std::string scope;      ///< empty: none is asked for

    bool operator==(const Auth&) const = default;
};

}  // namespace webhook::endpoint
