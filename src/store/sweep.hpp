#pragma once

#include <chrono>
#include <cstdint>

#include "store/lease.hpp"
#include "store/script.hpp"

namespace webhook::store {

/// How much of what is settled stays in one partition (its share of the stream's limits).
struct Keep {
    std::chrono::milliseconds events_age{std::chrono::hours(1)};
    std::uint64_t events_bytes = 32u << 20;
    std::chrono::milliseconds dead_age{std::chrono::hours(24 * 30)};
    std::uint64_t dead_bytes = 128u << 20;
    bool pressed = false;  ///< memory is short: a slice of what is settled goes whatever its age
};

/// Trims the stream below the floor by age and bytes, drops the oldest dead deliveries with their content
/// where they are over their limits, and turns an attempt log that has grown old. Where the stream may be cut
/// without reading entries is noted in the list `marks` ("<id> <routed_bytes> <time>", at most one per 1/64
/// of either limit). Where `pressed`, the oldest slice of settled events goes in any case, and when there is
/// none the attempt log. Reply: [in how many milliseconds time makes the next sweep necessary (-1: never, 0:
/// there is more to do at once), whether something was freed], or nil when the partition is not ours any
/// more.
Call sweep(const Ownership& owner, const Keep& keep);

}  // namespace webhook::store
