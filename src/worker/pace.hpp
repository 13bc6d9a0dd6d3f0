#pragma once

#include <cstdint>
#include <deque>

#include "worker/clock.hpp"

namespace webhook::worker {

/// Holds the times at which requests to an endpoint with a rate may begin, as they were leased from Redis. A
/// slot that was not used in time lapses: used later, it would add to those of other workers.
class Pace {
  public:
    using Nanoseconds = std::chrono::nanoseconds;

    /// Adds `count` slots, the first at `first`, which may be past.
    void grant(SteadyTime now, SteadyTime first, Nanoseconds interval, std::uint64_t count);
    /// Uses a slot; returns false if none may be used now.
    bool take(SteadyTime now);
    /// Returns when the next slot may be used; max(): there is none.
    SteadyTime next(SteadyTime now);
    /// Returns how many slots are left, those of the future included.
    std::uint64_t left(SteadyTime now);
    /// Returns the time of the last slot; min(): there is none.
    SteadyTime last() const;
    void clear() { runs_.clear(); }

  private:
    /// Is what is left of one lease: slots at equal distances.
    struct Run {
        SteadyTime first, granted;
        Nanoseconds interval;
        std::uint64_t count;
    };
    void drop_lapsed(SteadyTime now);

    std::deque<Run> runs_;
};

}  // namespace webhook::worker
