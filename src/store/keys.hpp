#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::store {

/// "webhook:{STREAM:P}:", under which everything of a partition lies.
std::string partition_prefix(std::string_view stream, unsigned partition);

/// "webhook:{STREAM:P}:events" -> stream and partition; false when the key is not a partition's stream.
bool parse_events_key(std::string_view key, std::string* stream, unsigned* partition);

/// STREAM matches [A-Za-z0-9_.-]{1,64}.
bool valid_stream_name(std::string_view name);

/// Under which the configuration and the workers' signs of life lie.
inline constexpr std::string_view config_prefix = "webhook:{config}:";
std::string config_key(std::string_view name);

/// Number of partitions a stream has unless the configuration says otherwise.
inline constexpr unsigned default_partitions = 8;

}  // namespace webhook::store
