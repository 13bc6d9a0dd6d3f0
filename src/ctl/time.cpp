#include "ctl/time.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/time.hpp"
#include "endpoint/units.hpp"

namespace webhook::ctl {

namespace {

constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

/// "2h" or "2h30m".
std::string two_units(std::int64_t ms, std::int64_t large, char large_name, std::int64_t small,
                      char small_name) {
    const std::int64_t rest = (ms % large) / small;
    const std::string text = fmt::format("{}{}", ms / large, large_name);
    return rest == 0 ? text : fmt::format("{}{}{}", text, rest, small_name);
}

/// The decimal number at the front, which is taken off. Negative ones are none of ours.
std::optional<double> take_number(std::string_view* text) {
    double value = 0;
    const auto [end, error] =
        std::from_chars(text->data(), text->data() + text->size(), value, std::chars_format::fixed);
    if (error != std::errc{} || value < 0 || std::signbit(value)) return std::nullopt;
    text->remove_prefix(static_cast<std::size_t>(end - text->data()));
    return value;
}

}  // namespace

std::string format_span(std::int64_t ms) {
    if (ms < 0) return "-" + format_span(-ms);
    if (ms < 10 * second) return fmt::format("{:.1f}s", static_cast<double>(ms) / second);
    if (ms < minute) return fmt::format("{}s", ms / second);
    if (ms < hour) return two_units(ms, minute, 'm', second, 's');
    if (ms < day) return two_units(ms, hour, 'h', minute, 'm');
    return two_units(ms, day, 'd', hour, 'h');
}

std::string format_bytes(std::uint64_t bytes) {
    if (bytes < 1024) return std::to_string(bytes);
    auto value = static_cast<double>(bytes);
    const char* unit = "";
    for (const char* name : {"k", "m", "g", "t"}) {
        if (value < 1024) break;
        value /= 1024;
        unit = name;
    }
    return fmt::format("{:.1f}{}", value, unit);
}

std::optional<std::int64_t> parse_clock(std::string_view text) {
    std::string_view rest = text;
    if (const auto value = take_number(&rest); value && rest.empty()) {
        if (*value > 253402300799.0) return std::nullopt;  // the year 9999: milliseconds given for seconds
        return std::llround(*value * second);
    }
    std::int64_t ms = 0;
    if (!base::parse_rfc3339(text, &ms)) return std::nullopt;
    return ms;
}

std::optional<std::int64_t> parse_when(std::string_view text, std::int64_t now_ms) {
    if (const auto ago = endpoint::parse_time(text)) return now_ms - ago->count();
    return parse_clock(text);
}

}  // namespace webhook::ctl
