#pragma once

#include <boost/asio/awaitable.hpp>

#include "worker/core.hpp"

namespace webhook::worker {

/// Ends waiting deliveries that are older than max_age while their endpoint is paused, disabled or held.
/// (Others expire when they are due, which is at the latest then.) Ends when the worker stops.
boost::asio::awaitable<void> end_expired(Core& core);

}  // namespace webhook::worker
