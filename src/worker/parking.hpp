#pragma once

#include <boost/asio/awaitable.hpp>

#include "worker/core.hpp"

namespace webhook::worker {

/// Applies the configuration's paused sources: events that were read and have not started are parked, those
/// of sources that are not paused any more are loaded.
void set_paused_sources(Core& core, const ConfigurationText& text);

/// Returns whether so few parked events of a resumed source are left that no new ones should be read before
/// these are loaded: otherwise new ones would have to be parked after them for ever.
bool is_catching_up(const Core& core, const OwnedPartition& partition);

/// Loads the parked events of one partition when their source is resumed, oldest first and as far as there is
/// room, and routes them to the endpoints as these then are. Ends when the partition is lost.
boost::asio::awaitable<void> serve_parked(Core& core, PartitionPtr partition);

}  // namespace webhook::worker
