#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "store/lease.hpp"
#include "store/script.hpp"

namespace webhook::store {

/// Finds endpoints with a delivery that is due, from `offset` on, at most `count`. Reply: [in how many
/// milliseconds the next one is due, id, id, ...], where 0 means that more are due now and -1 that nothing
/// else waits; nil when the partition is not ours any more.
Call due_endpoints(const Ownership& owner, std::uint64_t offset, std::uint64_t count);

/// All endpoints that have something waiting. Reply: their ids.
Call waiting_endpoints(const Ownership& owner);

/// Takes up to `count` due deliveries of an endpoint, and no more than fit into `bytes` of content (but one
/// at least): none of them is due again before `lease` has passed. Reply: [id, record, content or nil, id,
/// ...], [] when nothing is due, or nil when the partition is not ours any more.
Call claim(const Ownership& owner, std::string_view endpoint, std::uint64_t count, std::uint64_t bytes,
           std::chrono::milliseconds lease);

/// Ends waiting deliveries of an endpoint among the `count` after the first `skip`: cancelled when `reason`
/// is empty, else dead. With an `age` only those that were created so long ago. Reply: [how many still wait,
/// how many to skip next time], or nil when the partition is not ours any more.
struct EndOptions {
    std::string_view reason;
    std::uint64_t count = 500, skip = 0;
    std::chrono::milliseconds age{0};
};
Call end_waiting(const Ownership& owner, std::string_view endpoint, const EndOptions& options);

}  // namespace webhook::store
