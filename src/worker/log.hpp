#pragma once

#include <string>

namespace webhook::worker {

/// Says why the file of a log must not be used; empty when nothing speaks against it. Opens nothing.
std::string log_risk(const std::string& where);

/// Sends the log to `where`: "stderr" or the path of a file, which is opened anew (so that it can be
/// rotated). False and a message in `error` when it cannot be opened.
bool open_log(const std::string& where, std::string* error);

}  // namespace webhook::worker
