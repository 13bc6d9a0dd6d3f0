#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "module/redis/msec.hpp"
#include "store/append.hpp"

namespace webhook::module {

struct RedisServer;

/// A stream on a server. The settings are shared by all locations; the rest is this process' knowledge of it.
struct Stream {
    Stream(const store::StreamSettings& settings, RedisServer* on) : appender(settings), server(on) {}

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
    Msec checked = 0;                              ///< time of that test; 0: never
    Msec used = 0;                                 ///< time of the last event that was sent; 0: never
    std::size_t zone_row = SIZE_MAX;               ///< its row in the zone
};

using Streams = std::vector<std::unique_ptr<Stream>>;

}  // namespace webhook::module
