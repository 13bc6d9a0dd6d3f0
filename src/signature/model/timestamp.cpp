#include "signature/model/timestamp.hpp"

#include "base/time.hpp"

namespace webhook::signature {

namespace {

constexpr std::size_t max_digits = 15;  // as many as multiply by 1000 without leaving 64 bits
constexpr std::size_t ms_digits = 13;   // from here on a number of unknown unit is in milliseconds

}  // namespace

bool parse_timestamp(std::string_view text, Unit unit, std::int64_t* unix_ms) {
    if (unit == Unit::rfc3339) return base::parse_rfc3339(text, unix_ms);
    const bool digits = !text.empty() && text.front() >= '0' && text.front() <= '9';
    if (unit == Unit::http_date && !digits) return base::parse_http_date(text, unix_ms);
    if (text.empty() || text.size() > max_digits) return false;
    std::int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
        value = value * 10 + (c - '0');
    }
    const bool is_ms = unit == Unit::milliseconds || (unit != Unit::seconds && text.size() >= ms_digits);
    *unix_ms = is_ms ? value : value * 1000;
    return true;
}

std::string format_timestamp(std::int64_t unix_ms, Unit unit) {
    if (unit == Unit::rfc3339) return base::format_rfc3339(unix_ms);
    if (unit == Unit::http_date) return base::format_http_date(unix_ms);
    return std::to_string(unit == Unit::milliseconds ? unix_ms : unix_ms / 1000);
}

const char* Window::why_stale(std::int64_t unix_ms, std::int64_t now_ms) const {
    if (check && now_ms - unix_ms > past_ms) return "timestamp too old";
    if (check && unix_ms - now_ms > future_ms) return "timestamp in the future";
    return nullptr;
}

bool unit_from_word(std::string_view word, Unit* unit) {
    if (word == "s")
        *unit = Unit::seconds;
    else if (word == "ms")
        *unit = Unit::milliseconds;
    else if (word == "auto")
        *unit = Unit::automatic;
    else if (word == "rfc3339")
        *unit = Unit::rfc3339;
    else if (word == "http-date")
        *unit = Unit::http_date;
    else
        return false;
    return true;
}

}  // namespace webhook::signature
