#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "store/configuration.hpp"
#include "worker/clock.hpp"

namespace webhook::worker {

using store::WorkerMark;

inline constexpr std::chrono::milliseconds beat_time{3000};
/// A worker whose mark has not changed for this time is dead. A worker that could not change its own mark for
/// this time must check its partitions before it relies on them.
inline constexpr std::chrono::milliseconds dead_after{8000};

/// Judges which workers are alive: their marks change from one heartbeat reply to the next. Only the steady
/// clock of this worker is used, so neither setting a clock, here or at Redis, nor an outage of Redis makes a
/// worker dead.
class Liveness {
  public:
    /// Takes the marks that the reply to our heartbeat listed; `sent` and `answered` are its times.
    void saw(SteadyTime sent, SteadyTime answered, const std::vector<WorkerMark>& workers);

    /// Returns whether a worker is known to be dead. A worker that is not listed is watched from the first
    /// call on.
    bool is_dead(std::string_view worker);

    /// Lists dead workers whose marks are still in Redis.
    std::vector<WorkerMark> to_forget() const;

  private:
    struct Sight {
        std::string mark;    ///< empty: it is not listed
        SteadyTime since{};  ///< first seen with this mark, or when the observation was restarted
        bool dead = false;
    };

    std::map<std::string, Sight, std::less<>> sights_;
    SteadyTime sent_{}, answered_{};
};

}  // namespace webhook::worker
