#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace webhook::endpoint {

/// "250ms", "15s", "5m", "2h", "7d" -> milliseconds; nothing when it is not a time or too long for 64 bits.
std::optional<std::chrono::milliseconds> parse_time(std::string_view text);
/// The shortest form that parse_time() reads back to the same value.
std::string format_time(std::chrono::milliseconds time);

/// "512", "64k", "256m", "1g" (powers of 1024; case does not count) -> bytes.
std::optional<std::uint64_t> parse_size(std::string_view text);
/// The shortest form that parse_size() reads back to the same value.
std::string format_size(std::uint64_t bytes);

}  // namespace webhook::endpoint
