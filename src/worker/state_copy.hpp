#pragma once

#include <optional>
#include <string>

#include "worker/endpoint_table.hpp"

namespace webhook::worker {

/// The configuration as a file in `state_dir`, for the day Redis has lost it. Mode 0600: documents may hold
/// secrets. Written to a new file first, so that there is always a whole one. False and a message in `error`
/// on failure, also where something else than such a file has its name.
bool save_copy(const std::string& folder, const ConfigurationText& configuration, std::string* error);

/// Nothing when there is no copy; nothing and a message in `error` when it cannot be read or others may have
/// written it.
std::optional<ConfigurationText> load_copy(const std::string& folder, std::string* error);

/// Says who else can write into the folder and so replace the copy; empty: nobody.
std::string state_folder_risk(const std::string& folder);

}  // namespace webhook::worker
