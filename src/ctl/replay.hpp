#pragma once

#include <string>
#include <vector>

#include "ctl/delivery.hpp"
#include "ctl/endpoint_limits.hpp"
#include "store/admin.hpp"

namespace webhook::ctl {

/// Result of replaying one dead letter.
struct ReplayOutcome {
    std::string label, new_label;  ///< "STREAM:P/<delivery id>", of the dead letter and of the new delivery
    store::ReplayResult result = store::ReplayResult::not_dead;
    const char* refused = nullptr;  ///< why it was not even tried

    bool replayed() const { return refused == nullptr && result == store::ReplayResult::replayed; }
    std::string_view explanation() const;
};

/// Replays dead letters of one partition, at most store::replay_slice; none to endpoints that would not take
/// them. Does not wake the workers.
std::vector<ReplayOutcome> replay_slice(Redis& redis, const EndpointLimits& limits,
                                        const std::vector<Delivery>& slice);

}  // namespace webhook::ctl
