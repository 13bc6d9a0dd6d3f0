#include "store/netstrings.hpp"

#include <charconv>

namespace webhook::store {

void append_netstring(std::string_view value, std::string* out) {
    out->append(std::to_string(value.size()));
    out->push_back(':');
    out->append(value);
    out->push_back(',');
}

bool take_netstring(std::string_view* rest, std::string_view* value) {
    std::size_t size = 0;
    const char* const end = rest->data() + rest->size();
    const auto [colon, error] = std::from_chars(rest->data(), end, size);
    if (error != std::errc{} || colon == end || *colon != ':') return false;
    const auto left = static_cast<std::size_t>(end - colon - 1);
    if (size >= left || colon[1 + size] != ',') return false;
    *value = {colon + 1, size};
    rest->remove_prefix(static_cast<std::size_t>(colon - rest->data()) + size + 2);
    return true;
}

}  // namespace webhook::store
