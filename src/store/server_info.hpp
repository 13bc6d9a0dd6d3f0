#pragma once

#include <string>
#include <string_view>

namespace webhook::store {

/// Why a server cannot be worked with, from its reply to INFO: older than 7.0, loading, no master, or an eviction policy
/// that could drop our keys. Empty: it can.
std::string judge_server(std::string_view info);

/// True when its reply to INFO says that it keeps no append-only file. False also where it says nothing of that.
bool lacks_append_only_file(std::string_view info);

/// Errors that concern the server and not the command: it is not the one to talk to, or not now.
bool is_server_error(std::string_view error);

}  // namespace webhook::store
