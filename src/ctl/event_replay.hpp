#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ctl/endpoint_limits.hpp"
#include "ctl/listed_event.hpp"
#include "store/operator.hpp"

namespace webhook::ctl {

/// What becomes of one event that is to be replayed to an endpoint.
struct EventOutcome {
    std::string label, new_label;  ///< of the event, and of the new delivery
    store::EventReplayResult result = store::EventReplayResult::content_gone;

    bool replayed() const { return result == store::EventReplayResult::replayed; }
    std::string_view explanation() const;
};

/// Replays events to one endpoint: each becomes a new delivery. What waits for the endpoint already is not
/// replayed, nor what the worker has not routed yet.
class EventReplayer {
  public:
    EventReplayer(Redis& redis, const EndpointLimits& limits, std::string endpoint)
        : redis_(redis), limits_(limits), endpoint_(std::move(endpoint)) {}

    /// Decides without doing it; limits of waiting deliveries are not considered.
    store::EventReplayResult judge(const ListedEvent& event);

    /// Replays a slice of events; outcomes in their order. Does not wake the workers.
    std::vector<EventOutcome> replay(const std::vector<const ListedEvent*>& events);

  private:
    /// Of one partition, as it was when it was first asked for.
    struct Known {
        EntryId floor;
        std::set<std::string> waiting;  ///< entries
    };
    const Known& known(const Partition& partition);

    Redis& redis_;
    const EndpointLimits& limits_;
    std::string endpoint_;
    std::map<std::string, Known> partitions_;
};

}  // namespace webhook::ctl
