#pragma once

#include "module/ngx/ngx.hpp"

#include <memory>
#include <string>
#include <vector>

#include "module/redis/stream.hpp"

namespace webhook::module {

/// What makes a server: locations with the same share a connection.
struct ServerSettings {
    RedisAddress address;
    std::string user, password;
    ngx_msec_t timeout, connect_timeout;
};

using Servers = std::vector<std::unique_ptr<RedisServer>>;

/// A stream of that name in that Redis (as whatever user) that was configured otherwise; nullptr when all
/// agree.
const Stream* find_other_settings(const Servers& servers, const RedisAddress& address,
                                  const store::StreamSettings& settings);

/// The server of these settings; made where it is missing.
RedisServer* find_or_add_server(Servers* servers, ServerSettings settings);

/// The stream on the server of these settings; both are made where they are missing.
Stream* find_or_add_stream(Servers* servers, ServerSettings settings, const store::StreamSettings& stream);

}  // namespace webhook::module
