#pragma once

#include "link/clock.hpp"

namespace webhook::worker {

using link::Clock;
using SteadyTime = Clock::time_point;

}  // namespace webhook::worker
