#pragma once

#include "module/ngx/ngx.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "module/ngx/socket_address.hpp"
#include "module/redis/name_lookup.hpp"
#include "store/append.hpp"

namespace webhook::module {

class RedisClient;
class Reservations;

/// Where Redis is.
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

/// A stream on a server. The settings are shared by all locations; the rest is this process' knowledge of it.
struct Stream {
    Stream(const store::StreamSettings& settings, struct RedisServer* on) : appender(settings), server(on) {}

    /// A location that takes the events of a source by their ids alone.
    struct Sender {
        std::string source;
        std::vector<std::string> secrets;  ///< as written
        std::string where;
    };

    store::Appender appender;
    RedisServer* server;
    std::vector<Sender> senders;
    std::string where;    ///< "FILE:LINE" of its first declaration
    std::string problem;  ///< why nothing can be appended, by the last test; empty: usable
    std::string refusal;  ///< the last error of Redis on an event that was logged; empty after a success
    std::uint64_t backlog = 0, backlog_bytes = 0;  ///< by the last test: what counts against the limits
    ngx_msec_t checked = 0;                        ///< when that was, as ngx_current_msec; 0: never
    ngx_msec_t used = 0;              ///< when an event was sent to it last, as ngx_current_msec; 0: never
    std::size_t zone_row = SIZE_MAX;  ///< its row in the zone
};

/// A server as one user with one pair of timeouts; each nginx worker has one connection to it.
struct RedisServer {
    RedisServer();
    ~RedisServer();

    RedisAddress address;
    std::string user, password;
    ngx_msec_t timeout = 0, connect_timeout = 0;
    std::vector<std::unique_ptr<Stream>> streams;
    std::size_t zone_row = SIZE_MAX;  ///< its row in the zone
    // Only in worker processes. The client goes first: what it has under way belongs to the reservations.
    std::unique_ptr<Reservations> reservations;  ///< of gates; uses `client`
    std::unique_ptr<RedisClient> client;
};

}  // namespace webhook::module
