#pragma once

#include <boost/asio/awaitable.hpp>

#include "worker/core.hpp"

namespace webhook::worker {

/// Watches the health of endpoints, dead letters and the limits: notes each endpoint's health in Redis when
/// it changes, and publishes operational events (source `webhook`) on transitions. They go into the stream of
/// a partition of this worker and are routed like any other event. Ends when the worker stops.
boost::asio::awaitable<void> watch_operations(Core& core);

}  // namespace webhook::worker
