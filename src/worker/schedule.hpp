#pragma once

#include <chrono>
#include <random>

#include "endpoint/document.hpp"
#include "worker/send/attempt.hpp"

namespace webhook::worker {

/// What is to become of a delivery after an attempt.
struct Decision {
    enum class Kind : std::uint8_t { delivered, retry, dead } kind = Kind::delivered;
    std::chrono::milliseconds delay{0};  ///< of a retry
    const char* reason = "";             ///< of a dead one
    bool counts = true;  ///< false: it was not an attempt (something is missing on our side, we are stopping)
};

/// Of a delivery that was not attempted: it waits in Redis, due at once.
inline constexpr Decision not_attempted{Decision::Kind::retry, std::chrono::milliseconds{0}, "", false};

/// How long an attempt that could not be made (`not_ready`) is put off.
inline constexpr std::chrono::milliseconds not_ready_delay{5000};

/// `attempts`: how many there were before this one. A schedule of n delays means n + 1 attempts; each delay
/// is varied by
/// +/- jitter; a Retry-After makes it longer, never shorter.
Decision decide(const Attempt& attempt, unsigned attempts, const endpoint::Document& document,
                std::minstd_rand* random);

}  // namespace webhook::worker
