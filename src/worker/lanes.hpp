#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "worker/delivery.hpp"

namespace webhook::worker {

/// Names the lane of an event: 16 hex digits of its partition key, or "0" for the one of the partition.
std::string lane_name(const Event& event);

/// Keeps the deliveries of an ordered endpoint that are in memory in lanes: of each only one has its turn.
/// The lanes of different partitions are different ones.
class Lanes {
  public:
    /// Adds a delivery. Returns whether it has its turn; otherwise it is kept, before those of later events.
    bool enter(const DeliveryPtr& delivery);
    /// Ends a turn. Returns the next delivery of the lane, which has its turn now; nullptr: there is none.
    DeliveryPtr next(const Delivery& ended);
    /// Ends a turn and removes the lane. Returns the deliveries that were kept.
    std::vector<DeliveryPtr> remove(const Delivery& ended);
    bool empty() const { return lanes_.empty(); }

  private:
    using Key = std::pair<const OwnedPartition*, std::string>;
    static Key key_of(const Delivery& delivery) { return {delivery.partition.get(), delivery.lane}; }

    std::map<Key, std::deque<DeliveryPtr>> lanes_;  ///< of each the deliveries without a turn
};

}  // namespace webhook::worker
