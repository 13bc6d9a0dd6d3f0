#pragma once

#include <boost/asio/awaitable.hpp>

#include "worker/core.hpp"

namespace webhook::worker {

/// Sweeps the partitions we own where something was settled or has grown old (retention, the bound on dead
/// deliveries, the attempt log), and trims early when Redis' memory is short. Ends when the worker stops.
boost::asio::awaitable<void> sweep_partitions(Core& core);

}  // namespace webhook::worker
