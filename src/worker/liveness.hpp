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
/// A worker whose mark has not changed for so long is dead; a worker that could not change its own for so
/// long must not take its partitions for its own before it has asked.
inline constexpr std::chrono::milliseconds dead_after{8000};

/// Judges which workers are alive by whether their marks change from one sight to the next. Only the clock of
/// the observer takes part, so neither a clock that is set, here or at Redis, nor a time in which Redis was
/// away makes anybody dead.
class Liveness {
  public:
    /// Takes what a heartbeat of ours that was sent and answered at these times showed.
    void saw(SteadyTime sent, SteadyTime answered, const std::vector<WorkerMark>& workers);

    /// Tells whether a worker is known to be dead. One that is not listed is watched from its first question
    /// on.
    bool is_dead(std::string_view worker);

    /// Lists the dead that still have marks in Redis.
    std::vector<WorkerMark> to_forget() const;

  private:
    struct Sight {
        std::string mark;    ///< empty: it is not listed
        SteadyTime since{};  ///< shown first, or when watching began anew
        bool dead = false;
    };

    std::map<std::string, Sight, std::less<>> sights_;
    SteadyTime sent_{}, answered_{};
};

}  // namespace webhook::worker
