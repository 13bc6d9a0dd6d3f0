#pragma once

#include <chrono>
#include <cstdint>

namespace webhook::link {

/// Of limits and pauses: it is never set.
using Clock = std::chrono::steady_clock;

/// Unix milliseconds, for what is signed, stored or shown.
inline std::int64_t unix_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace webhook::link
