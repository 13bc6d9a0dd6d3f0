#pragma once

#include <optional>
#include <string>

#include "worker/endpoint_table.hpp"

namespace webhook::worker {

/// The configuration as a file in `state_dir`, for the day Redis has lost it. Mode 0600: documents may hold secrets.
/// Written to a new file first, so that there is always a whole one. False and a message in `error` on failure.
bool save_copy(const std::string& folder, const ConfigurationText& configuration, std::string* error);
/// Nothing when there is no copy or it cannot be read.
std::optional<ConfigurationText> load_copy(const std::string& folder);

}  // namespace webhook::worker
