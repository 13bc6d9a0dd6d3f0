#pragma once

#include <boost/asio/awaitable.hpp>

#include "worker/core.hpp"

namespace webhook::worker {

/// Takes up the waiting deliveries of one partition when they are due and their endpoint has a free place;
/// ends those of endpoints that were deleted (cancelled) or disabled (dead). Ends when the partition is lost.
boost::asio::awaitable<void> serve_waiting(Core& core, PartitionPtr partition);

}  // namespace webhook::worker
