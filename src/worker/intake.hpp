#pragma once

#include <boost/asio/awaitable.hpp>

#include "worker/core.hpp"

namespace webhook::worker {

/// Reads new events of all partitions we own, each from its own position, as far as their windows have room,
/// and hands them to the endpoints that want them. Batches are bounded by bytes. Ends when the worker stops.
boost::asio::awaitable<void> read_events(Core& core);

}  // namespace webhook::worker
