#pragma once

#include <boost/asio/awaitable.hpp>

#include "worker/core.hpp"

namespace webhook::worker {

/// Writes what has ended into Redis, for one partition: one step at a time, a few milliseconds of work each.
/// Ends when the partition is lost.
boost::asio::awaitable<void> settle_partition(Core& core, PartitionPtr partition);

/// Hands partitions the moments at which something may leave their window, and judges the endpoints' health.
boost::asio::awaitable<void> tick_partitions(Core& core);

}  // namespace webhook::worker
