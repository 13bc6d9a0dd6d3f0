#pragma once

#include <chrono>
#include <random>

#include "endpoint/document.hpp"
#include "worker/send/attempt.hpp"

namespace webhook::worker {

/// Says what happens to a delivery after an attempt.
struct Decision {
    enum class Kind : std::uint8_t { delivered, retry, dead } kind = Kind::delivered;
    std::chrono::milliseconds delay{0};  ///< of a retry
    const char* reason = "";             ///< of a dead delivery
    bool counts = true;  ///< false: it does not count as an attempt (a local problem, or the worker stops)
};

/// For a delivery that was not attempted: it waits in Redis, due at once.
inline constexpr Decision not_attempted{Decision::Kind::retry, std::chrono::milliseconds{0}, "", false};

/// How long an attempt that could not be made (`not_ready`) is delayed.
inline constexpr std::chrono::milliseconds not_ready_delay{5000};

/// Decides after an attempt; `attempts` is the number of earlier ones. A schedule of n delays means n + 1
/// attempts. Each delay varies by +/- jitter; a Retry-After makes it longer, never shorter.
Decision decide(const Attempt& attempt, unsigned attempts, const endpoint::Document& document,
                std::minstd_rand* random);

}  // namespace webhook::worker
