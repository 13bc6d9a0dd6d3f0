#include "endpoint/units.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "base/text.hpp"

namespace webhook::endpoint {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

// Largest first, as the printers take the first that divides.
constexpr std::array<Unit, 5> times{{{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}}};
constexpr std::array<Unit, 4> sizes{{{"g", 1u << 30}, {"m", 1u << 20}, {"k", 1u << 10}, {"", 1}}};

template <std::size_t N>
std::optional<std::uint64_t> parse(std::string_view text, const std::array<Unit, N>& units) {
    std::uint64_t number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc()) return std::nullopt;
    const std::string_view suffix = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const Unit& unit : units) {
        if (!base::equal_names(suffix, unit.name)) continue;
        if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / unit.factor)
            return std::nullopt;
        return number * unit.factor;
    }
    return std::nullopt;
}

template <std::size_t N>
std::string format(std::uint64_t value, const std::array<Unit, N>& units) {
    for (const Unit& unit : units) {
        if (value != 0 && value % unit.factor == 0)
            return std::to_string(value / unit.factor).append(unit.name);
    }
    return "0";
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_time(std::string_view text) {
    const auto value = parse(text, times);
    if (!value) return std::nullopt;
    return std::chrono::milliseconds(*value);
}

std::string format_time(std::chrono::milliseconds time) {
    return time.count() <= 0 ? "0s" : format(static_cast<std::uint64_t>(time.count()), times);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    return parse(text, sizes);
}
std::string format_size(std::uint64_t bytes) {
    return format(bytes, sizes);
}

}  // namespace webhook::endpoint
