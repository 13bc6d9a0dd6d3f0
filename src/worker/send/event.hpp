#pragma once

#include "store/stored_event.hpp"

namespace webhook::worker {

/// Shared by all deliveries of the event.
using Event = store::StoredEvent;

}  // namespace webhook::worker
