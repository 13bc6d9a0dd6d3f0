#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace webhook::ctl {

/// A length of time in one or two units: "0.2s", "45s", "5m", "2h30m", "4d".
std::string format_span(std::int64_t ms);

/// Bytes as "512", "4.0k", "1.5m".
std::string format_bytes(std::uint64_t bytes);

/// Unix seconds ("1760000000", also with a fraction), or RFC 3339 ("2026-11-21T10:00:00Z").
/// Milliseconds.
std::optional<std::int64_t> parse_clock(std::string_view text);

/// A moment given as parse_clock() reads it, or as a length of time before `now_ms` ("10m", "2h", "7d").
std::optional<std::int64_t> parse_when(std::string_view text, std::int64_t now_ms);

}  // namespace webhook::ctl
