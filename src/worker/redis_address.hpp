#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace webhook::worker {

/// Where Redis is: `redis://[user:password@]host:port[/db]` or `unix:/path[:db]`.
struct RedisAddress {
    std::string host = "127.0.0.1", port = "6379";
    std::string path;  ///< of a unix socket; empty: TCP
    unsigned database = 0;
    std::string user, password;

    std::string text() const;  ///< without the password
    bool operator==(const RedisAddress&) const = default;
};

/// Nothing, and a message in `error`, when the URL cannot be read or names a kind that this version cannot do.
std::optional<RedisAddress> parse_redis_url(std::string_view url, std::string* error);

}  // namespace webhook::worker
