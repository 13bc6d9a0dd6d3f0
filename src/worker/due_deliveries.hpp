#pragma once

#include <boost/asio/awaitable.hpp>

#include "worker/core.hpp"

namespace webhook::worker {

/// Claims the waiting deliveries of one partition when they are due and their endpoint has a free place.
/// Cancels those of endpoints that were deleted. Returns when the partition is lost.
boost::asio::awaitable<void> serve_waiting(Core& core, PartitionPtr partition);

}  // namespace webhook::worker
