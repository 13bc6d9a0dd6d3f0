#pragma once

#include <chrono>

namespace webhook::link {

/// Of limits and pauses: it is never set.
using Clock = std::chrono::steady_clock;

}  // namespace webhook::link
