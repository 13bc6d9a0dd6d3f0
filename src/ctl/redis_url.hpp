#pragma once

#include <string>
#include <string_view>

namespace webhook::ctl {

/// Where Redis is: "redis://[user[:password]@]host[:port][/db]" or "unix:/path[:db]".
struct RedisUrl {
    std::string host;  ///< empty for a unix socket
    int port = 6379;
    std::string path;  ///< of the unix socket
    unsigned database = 0;
    std::string user, password;

    /// For messages: without user and password.
    std::string display() const;
};

/// Throws Failure when `text` is not such a URL. The URL is not repeated in the message: it may hold a
/// password.
RedisUrl parse_redis_url(std::string_view text);

/// `option`, else WEBHOOK_REDIS, else redis://127.0.0.1:6379; the password from WEBHOOK_REDIS_PASSWORD where
/// the URL has none.
RedisUrl redis_url_from(std::string_view option);

}  // namespace webhook::ctl
