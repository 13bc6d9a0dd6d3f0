#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace webhook::store {

/// Where Redis is: `redis://[user[:password]@]host[:port][/db]` or `unix:/path[:db]`. User and password may
/// be percent-encoded.
struct RedisAddress {
    std::string host = "127.0.0.1";  ///< lower case; an IPv6 address without brackets
    unsigned port = 6379;
    std::string path;  ///< of a unix socket; empty: TCP
    unsigned database = 0;
    std::string user, password;

    /// A user without a password logs in too: it may have none, and must not become the default user in
    /// silence.
    bool logs_in() const { return !user.empty() || !password.empty(); }
    std::string text() const;  ///< as a URL, without user and password
    /// Whether both name one server and database, by whatever user.
    bool same_place(const RedisAddress& other) const;
    bool operator==(const RedisAddress& other) const;
};

/// Reads such a URL: the one grammar and the limits of module, worker and webhookctl. Returns nullptr, or
/// what is wrong, as static text. The URL is not repeated there: it may hold a password.
const char* parse_redis_url(std::string_view url, RedisAddress* address);

/// The same for a program that names the URL by what it is: `error` ends with "in the Redis URL".
std::optional<RedisAddress> parse_redis_url(std::string_view url, std::string* error);

}  // namespace webhook::store
