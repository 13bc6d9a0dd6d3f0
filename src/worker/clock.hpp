#pragma once

#include "link/clock.hpp"

namespace webhook::worker {

using link::Clock;
using link::unix_ms;
using SteadyTime = Clock::time_point;

}  // namespace webhook::worker
