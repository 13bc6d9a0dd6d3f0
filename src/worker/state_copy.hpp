#pragma once

#include <optional>
#include <string>

#include "worker/endpoint_table.hpp"

namespace webhook::worker {

/// Saves the configuration as a file in `state_dir`, for recovery after data loss in Redis. Mode 0600:
/// documents may contain secrets. Writes a new file and renames it, so that the copy is always complete.
/// Returns false and a message in `error` on failure, also if the name is taken by something other than such
/// a file.
bool save_copy(const std::string& folder, const ConfigurationText& configuration, std::string* error);

/// Loads the copy. Returns nothing if there is none; nothing and a message in `error` if it cannot be read or
/// another user may have written it.
std::optional<ConfigurationText> load_copy(const std::string& folder, std::string* error);

/// Returns a warning if other users can write to the folder and so replace the copy; empty: they cannot.
std::string state_folder_risk(const std::string& folder);

}  // namespace webhook::worker
