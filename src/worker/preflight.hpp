#pragma once

#include <string>
#include <vector>

#include "worker/settings.hpp"

namespace webhook::worker {

/// Tries what a worker with these settings will need of the file system, as the user who asks, without making
/// anything. A line for each thing that is missing; empty: nothing is.
std::vector<std::string> missing_for(const Settings& settings);

}  // namespace webhook::worker
