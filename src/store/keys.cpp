#include "store/keys.hpp"

#include <charconv>

#include "base/text.hpp"

namespace webhook::store {

namespace {

constexpr std::string_view head = "webhook:{";
constexpr std::string_view tail = "}:events";

}  // namespace

std::string partition_prefix(std::string_view stream, unsigned partition) {
    std::string prefix(head);
    prefix.append(stream).append(":").append(std::to_string(partition)).append("}:");
    return prefix;
}

std::string config_key(std::string_view name) {
    return std::string(config_prefix).append(name);
}

bool valid_stream_name(std::string_view name) {
    return base::is_name(name);
}

bool parse_events_key(std::string_view key, std::string* stream, unsigned* partition) {
    if (key.size() <= head.size() + tail.size() || key.substr(0, head.size()) != head ||
        key.substr(key.size() - tail.size()) != tail) {
        return false;
    }
    key = key.substr(head.size(), key.size() - head.size() - tail.size());
    const auto colon = key.find(':');
    if (colon == std::string_view::npos || !valid_stream_name(key.substr(0, colon))) return false;
    const auto number = key.substr(colon + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), *partition);
    if (error != std::errc{} || end != number.data() + number.size()) return false;
    if (number.size() > 1 && number[0] == '0') return false;  // "03" would be taken for partition 3
    stream->assign(key.substr(0, colon));
    return true;
}

}  // namespace webhook::store
