#pragma once

#include <boost/asio/awaitable.hpp>

#include "worker/core.hpp"

namespace webhook::worker {

/// Sweeps every partition we own once a second: retention, the bound on dead deliveries, the attempt log.
boost::asio::awaitable<void> sweep_partitions(Core& core);

}  // namespace webhook::worker
