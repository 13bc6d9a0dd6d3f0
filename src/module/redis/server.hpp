#pragma once

#include "module/ngx/ngx.hpp"

#include <memory>
#include <string>
#include <vector>

#include "module/ngx/socket_address.hpp"
#include "module/ngx/thread_pool.hpp"
#include "module/redis/stream.hpp"

namespace webhook::module {

class RedisClient;
class Reservations;

/// Address of a Redis server.
struct RedisAddress {
    std::string url;     ///< as configured, for messages
    std::string host;    ///< a name or address in its usual form, or the path of a unix socket
    in_port_t port = 0;  ///< 0: unix socket
    unsigned database = 0;
    bool is_name = false;                  ///< `host` is looked up
    std::vector<SocketAddress> endpoints;  ///< of a name: its last known addresses, maybe none yet
    ThreadPool* lookups =
        nullptr;  ///< nullptr: a name is looked up when the configuration is read, and then only
};

/// A server as one user with one pair of timeouts; each nginx worker has one connection to it.
struct RedisServer {
    RedisAddress address;
    std::string user, password;
    ngx_msec_t timeout = 0, connect_timeout = 0;
    Streams streams;
    std::size_t zone_row = SIZE_MAX;  ///< its row in the zone
    // Only in worker processes. The client goes first: its pending commands belong to the reservations.
    // Shared pointers, since these take types that are not complete here; this is their only owner.
    std::shared_ptr<Reservations> reservations;  ///< of gates; uses `client`
    std::shared_ptr<RedisClient> client;
};

/// Identifies a server: locations with the same settings share a connection.
struct ServerSettings {
    RedisAddress address;
    std::string user, password;
    ngx_msec_t timeout, connect_timeout;
};

using Servers = std::vector<std::unique_ptr<RedisServer>>;

/// Finds a stream of that name in that Redis (as whatever user) that was configured otherwise; nullptr when
/// all agree.
const Stream* find_other_settings(const Servers& servers, const RedisAddress& address,
                                  const store::StreamSettings& settings);

/// Finds the server of these settings, or makes it.
RedisServer* find_or_add_server(Servers* servers, ServerSettings settings);

/// Finds the stream on the server of these settings, or makes what is missing.
Stream* find_or_add_stream(Servers* servers, ServerSettings settings, const store::StreamSettings& stream);

}  // namespace webhook::module
