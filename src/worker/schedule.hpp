#pragma once

#include <chrono>
#include <random>

#include "endpoint/document.hpp"
#include "worker/send/attempt.hpp"

namespace webhook::worker {

/// Says what happens to a delivery after an attempt, or instead of one.
struct Decision {
    enum class Kind : std::uint8_t { delivered, retry, dead } kind = Kind::delivered;
    std::chrono::milliseconds delay{0};  ///< of a retry
    const char* reason = "";             ///< of a dead delivery
    bool made = true;                    ///< an attempt was made, and belongs into the log
    bool spends = true;                  ///< it uses up one delay of the schedule
    bool refused = false;                ///< 429 or 503 with Retry-After: the endpoint is held
};

/// For a delivery that was not attempted: it waits in Redis, due at once.
inline constexpr Decision not_attempted{Decision::Kind::retry, std::chrono::milliseconds{0}, "", false,
                                        false};
/// For a delivery that is older than its endpoint's max_age.
inline constexpr Decision expired{Decision::Kind::dead, std::chrono::milliseconds{0}, "expired", false,
                                  false};

/// How long an attempt that could not be made (`not_ready`) is delayed.
inline constexpr std::chrono::milliseconds not_ready_delay{5000};
/// So many refusals of a delivery spend no attempt.
inline constexpr unsigned free_refusals = 100;

/// What is known of a delivery before the attempt that is judged.
struct History {
    unsigned attempts = 0;  ///< earlier ones that spent a delay of the schedule
    unsigned refusals = 0;  ///< earlier ones that spent none
    std::chrono::milliseconds left = std::chrono::milliseconds::max();  ///< until it expires
};

/// Decides after an attempt. A schedule of n delays means n + 1 attempts. Each delay varies by +/- jitter. A
/// refusal takes as long as Retry-After says, up to max_hold. A delivery is due at the latest when it
/// expires.
Decision decide(const Attempt& attempt, const History& history, const endpoint::Document& document,
                std::minstd_rand* random);

}  // namespace webhook::worker
