#pragma once

#include <chrono>

namespace webhook::link {

/// Used for time limits and pauses, because it is never adjusted.
using Clock = std::chrono::steady_clock;

}  // namespace webhook::link
