#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "worker/clock.hpp"

namespace webhook::worker {

/// Knows the time of Redis' clock, by which deliveries are created and due. A jump of this host's clock does
/// not change it.
class RedisClock {
  public:
    /// Notes that Redis' clock showed `ms` at `at`.
    void note(std::int64_t ms, SteadyTime at) {
        ms_ = ms;
        at_ = at;
    }
    /// Returns Unix milliseconds; of this host before the first note.
    std::int64_t now_ms(SteadyTime now) const {
        if (ms_ == 0) return base::now_ms();
        return ms_ + std::chrono::duration_cast<std::chrono::milliseconds>(now - at_).count();
    }

  private:
    std::int64_t ms_ = 0;
    SteadyTime at_{};
};

}  // namespace webhook::worker
