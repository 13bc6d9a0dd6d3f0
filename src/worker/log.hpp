#pragma once

#include <string>

namespace webhook::worker {

/// Returns why the log file must not be used; empty if it may be. Opens nothing.
std::string log_risk(const std::string& where);

/// Sends the log to `where`: "stderr" or the path of a file, which is opened again (for log rotation).
/// Returns false and a message in `error` if it cannot be opened.
bool open_log(const std::string& where, std::string* error);

}  // namespace webhook::worker
