#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/lease.hpp"
#include "store/script.hpp"

namespace webhook::store {

// Steps for operational events (source `webhook`) and the health of endpoints.

/// Health of an endpoint as one worker sees it.
struct Health {
    std::string state;  ///< ok, failing, hanging, slow, secret missing, disabled
    std::int64_t last_success = 0, last_error_at = 0;  ///< ms; 0: none
    std::string last_error;
};

/// Notes the health of an endpoint for all workers and operators. Reply: "failing", "recovered" or "disabled"
/// when that begins with this note, so that of several workers one reports it; else "".
Call note_health(std::string_view epoch, std::string_view endpoint, const Health& health);

/// An operational event.
struct OwnEvent {
    std::string id, type, data;
};

/// Appends operational events to the partition's stream as accepted ones. With `dead_seen` (see new_dead) its
/// value changes in the same step. May be sent again when its reply was lost only then. Reply: 1, or 0: the
/// partition is not ours any more.
Call publish_events(const Ownership& owner, std::string_view time, const std::vector<OwnEvent>& events,
                    std::string_view dead_seen = {}, std::string_view dead_seen_becomes = {});

/// Reads dead letters that were not reported, at most 500, by endpoint. Those of operational events do not
/// count. Reply: [dead_seen, its next value, endpoint, how many, id and record of the first, ...], or nil.
Call new_dead(const Ownership& owner);

}  // namespace webhook::store
