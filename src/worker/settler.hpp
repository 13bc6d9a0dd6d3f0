#pragma once

#include <boost/asio/awaitable.hpp>

#include "worker/core.hpp"

namespace webhook::worker {

/// Settles the events of one partition in Redis, one step of a few milliseconds at a time. Ends when the
/// partition is lost.
boost::asio::awaitable<void> settle_partition(Core& core, PartitionPtr partition);

/// Wakes partitions regularly, because outcomes wait a while for company and events may leave their window
/// after some time, and updates the health of the endpoints.
boost::asio::awaitable<void> tick_partitions(Core& core);

}  // namespace webhook::worker
