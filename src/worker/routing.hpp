#pragma once

#include "worker/core.hpp"

namespace webhook::worker {

/// Takes an event that was read from the stream: makes a delivery for each endpoint that wants it and queues
/// them, or keeps the event to be parked.
void route(Core& core, const PartitionPtr& partition, WindowItem item);

/// Does the same for an event that was parked.
void route_parked(Core& core, const PartitionPtr& partition, WindowItem item);

}  // namespace webhook::worker
