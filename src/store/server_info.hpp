#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::store {

/// Why a server cannot be worked with, from its reply to INFO: older than 7.0, loading, no master, or an
/// eviction policy that could drop our keys. Empty: it can.
std::string judge_server(std::string_view info);

/// True when its reply to INFO says that it keeps no append-only file. False also where it says nothing of
/// that.
bool lacks_append_only_file(std::string_view info);

/// Memory that counts against `maxmemory`, and that limit (0: none).
struct MemoryUse {
    std::uint64_t used = 0, limit = 0;
};
/// Reads it from the reply to INFO or INFO memory.
MemoryUse memory_use(std::string_view info);

/// Finds the number of keys of a database in the reply to INFO keyspace ("keys=12"), to be compared.
std::string key_count(std::string_view info, unsigned database);

/// Errors that concern the server and not the command: it is not the one to talk to, or not now.
bool is_server_error(std::string_view error);

}  // namespace webhook::store
