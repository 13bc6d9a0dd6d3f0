#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::base {

// Times are Unix milliseconds, UTC, in the Gregorian calendar from year 1 on.

/// The time of the system's clock.
std::int64_t now_ms();

/// Reads an RFC 3339 time: date, "T" (or "t" or a blank), time, fraction of up to 9 digits (cut to
/// milliseconds), "Z" or an offset with or without a colon. A time without a zone is UTC. False for anything
/// else, days that no calendar has included.
bool parse_rfc3339(std::string_view text, std::int64_t* unix_ms);

/// Returns "2026-11-21T10:00:00Z"; the milliseconds are cut off.
std::string format_rfc3339(std::int64_t unix_ms);

/// Bytes that write_rfc3339_ms() writes, for years of four digits.
inline constexpr std::size_t rfc3339_ms_size = 24;

/// Writes "2026-11-21T10:00:00.123Z" without allocating. `out` has room for rfc3339_ms_size bytes; years
/// beyond 9999 are written as 9999.
std::string_view write_rfc3339_ms(std::int64_t unix_ms, char* out);

/// The same as a string.
std::string format_rfc3339_ms(std::int64_t unix_ms);

/// Reads the three forms of an HTTP date (RFC 9110 section 5.6.7), years of two digits being 1970 to 2069.
/// The day of the week must be one, but need not be the right one.
bool parse_http_date(std::string_view text, std::int64_t* unix_ms);

/// Returns the first of those forms: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string format_http_date(std::int64_t unix_ms);

}  // namespace webhook::base
