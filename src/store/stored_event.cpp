#include "store/stored_event.hpp"

#include "store/netstrings.hpp"
#include "store/webhook_id.hpp"

namespace webhook::store {

std::string_view StoredEvent::field(std::string_view name) const {
    for (const auto& [key, value] : fields) {
        if (key == name) return value;
    }
    return {};
}

std::size_t StoredEvent::bytes() const {
    std::size_t sum = 0;
    for (const auto& [key, value] : fields)
        sum += key.size() + value.size();
    return sum;
}

std::string StoredEvent::webhook_id() const {
    return store::webhook_id(field("key"), stream, partition, entry);
}

std::string StoredEvent::ce_id() const {
    std::string unique(id());
    if (field("idnames") == "thing") unique.append("~").append(webhook_id(), 4, 8);
    return unique;
}

std::string StoredEvent::pack() const {
    std::string out;
    out.reserve(bytes() + fields.size() * 16);
    for (const auto& [name, value] : fields) {
        append_netstring(name, &out);
        append_netstring(value, &out);
    }
    return out;
}

bool StoredEvent::unpack(std::string_view content) {
    std::string_view name, value;
    while (!content.empty()) {
        if (!take_netstring(&content, &name) || !take_netstring(&content, &value)) return false;
        fields.emplace_back(name, value);
    }
    return !fields.empty();
}

}  // namespace webhook::store
