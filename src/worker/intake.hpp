#pragma once

#include <boost/asio/awaitable.hpp>

#include "worker/core.hpp"

namespace webhook::worker {

/// Reads new events of all partitions of this worker, each from its position, while their windows have room,
/// and routes them to the endpoints. Batches are bounded by bytes. Ends when the worker stops.
boost::asio::awaitable<void> read_events(Core& core);

}  // namespace webhook::worker
