#pragma once

#include <string>
#include <vector>

#include "ctl/attempt_log.hpp"
#include "ctl/delivery.hpp"
#include "ctl/listed_event.hpp"

namespace webhook::ctl {

/// The waiting and dead deliveries of one event.
struct EventDeliveries {
    std::vector<Delivery> waiting, dead;
};

/// Ids of all deliveries of an entry that have a record.
std::vector<std::string> find_delivery_ids(Redis& redis, const Partition& partition,
                                           const std::string& entry);

EventDeliveries find_deliveries(Redis& redis, const ListedEvent& event);

/// The newest attempts of an event in the log, at most `limit`.
std::vector<LoggedAttempt> find_attempts(Redis& redis, const ListedEvent& event, std::size_t limit);

/// What deleting an event removed.
struct DeletedEvent {
    std::int64_t cancelled = 0, dropped = 0, attempts = 0;
};

/// Removes an event from its stream, with its deliveries, its content and its attempts in the log. Throws
/// NotFound where it is gone, or cannot be removed yet.
DeletedEvent delete_event(Redis& redis, const ListedEvent& event);

}  // namespace webhook::ctl
