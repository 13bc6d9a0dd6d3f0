#include "ctl/time.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>

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

std::int64_t now_ms() {
    using std::chrono::system_clock;
    return std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch())
        .count();
}

std::string format_time(std::int64_t ms) {
    const std::int64_t fraction = ((ms % second) + second) % second;
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                       fmt::gmtime(static_cast<std::time_t>((ms - fraction) / second)), fraction);
}

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
    std::tm parts{};
    const std::string copy(text);
    const char* end = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return static_cast<std::int64_t>(timegm(&parts)) * second;
}

}  // namespace webhook::ctl
