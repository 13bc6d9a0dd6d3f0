#include "store/keys.hpp"

#include <algorithm>
#include <charconv>

namespace webhook::store {

namespace {

constexpr std::string_view head = "webhook:{";
constexpr std::string_view tail = "}:events";
constexpr std::size_t max_name = 64;

bool name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

}  // namespace

std::string partition_prefix(std::string_view stream, unsigned partition) {
    std::string prefix(head);
    prefix.append(stream).append(":").append(std::to_string(partition)).append("}:");
    return prefix;
}

bool valid_stream_name(std::string_view name) {
    return !name.empty() && name.size() <= max_name && std::all_of(name.begin(), name.end(), name_character);
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
