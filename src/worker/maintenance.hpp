#pragma once

#include <boost/asio/awaitable.hpp>

#include "worker/core.hpp"

namespace webhook::worker {

/// Sweeps the partitions of this worker after something was settled or has expired (retention, the limit on
/// dead deliveries, the attempt log), and trims early when Redis is short of memory. Ends when the worker
/// stops.
boost::asio::awaitable<void> sweep_partitions(Core& core);

}  // namespace webhook::worker
