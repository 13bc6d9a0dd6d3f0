#pragma once

#include <string>

namespace webhook::worker {

/// Sends the log to `where`: "stderr" or the path of a file, which is opened anew (so that it can be rotated).
/// False and a message in `error` when it cannot be opened.
bool open_log(const std::string& where, std::string* error);

}  // namespace webhook::worker
