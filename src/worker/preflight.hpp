#pragma once

#include <string>
#include <vector>

#include "worker/settings.hpp"

namespace webhook::worker {

/// Checks what a worker with these settings needs in the file system, as the current user, and creates
/// nothing. Returns a line for each problem; empty: there is none.
std::vector<std::string> missing_for(const Settings& settings);

}  // namespace webhook::worker
