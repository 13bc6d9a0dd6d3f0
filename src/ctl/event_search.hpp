#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/json.hpp"
#include "ctl/listed_event.hpp"

namespace webhook::ctl {

/// Which events a command is about; what is empty fits all.
struct EventFilter {
    std::string stream, source, type, tenant;
    std::string name;  ///< as in ListedEvent::is_called()

    bool matches(const ListedEvent& event) const;
};

/// Returns up to `limit` events that are called `filter.name` and pass the filter, newest first; those that
/// only waiting or dead deliveries keep come last. The name may be an entry too ("1700000000000-0",
/// "STREAM:P/1700000000000-0").
std::vector<ListedEvent> find_events(Redis& redis, const EventFilter& filter, std::size_t limit);

/// True when the record of a delivery or an attempt is one of an event with this id, webhook-id, key or
/// entry.
bool is_of_event(const Json& record, std::string_view name);

}  // namespace webhook::ctl
