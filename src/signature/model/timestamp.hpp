#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::signature {

/// automatic: seconds, or milliseconds from 13 digits on.
enum class Unit : std::uint8_t { seconds, milliseconds, automatic, rfc3339, http_date };

/// Reads a timestamp as Unix milliseconds. Numbers: 1 to 15 digits and nothing else. RFC 3339: date, "T",
/// time, fraction of any length up to 9 digits (cut to milliseconds), "Z" or an offset, with a colon in it or
/// without. HTTP date: the three forms of RFC 9110 section 5.6.7, years of two digits being 1970 to 2069.
/// False when it is anything else.
bool parse_timestamp(std::string_view text, Unit unit, std::int64_t* unix_ms);

/// Formats a timestamp; automatic writes seconds, RFC 3339 whole seconds in UTC, an HTTP date the
/// first form.
std::string format_timestamp(std::int64_t unix_ms, Unit unit);

/// The replay window: how far from now a timestamp may be.
struct Window {
    bool check = true;  ///< false: any time will do
    std::int64_t past_ms = 0, future_ms = 0;

    /// Returns why the time is outside the window; nullptr when it is inside.
    const char* why_stale(std::int64_t unix_ms, std::int64_t now_ms) const;
};

/// "s", "ms", "auto", "rfc3339", "http-date"; false for anything else.
bool unit_from_word(std::string_view word, Unit* unit);

}  // namespace webhook::signature
