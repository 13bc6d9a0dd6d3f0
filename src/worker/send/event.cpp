#include "worker/send/event.hpp"

#include "store/webhook_id.hpp"

namespace webhook::worker {

std::string_view Event::field(std::string_view name) const {
    for (const auto& [key, value] : fields) {
        if (key == name) return value;
    }
    return {};
}

std::size_t Event::bytes() const {
    std::size_t sum = 0;
    for (const auto& [key, value] : fields)
        sum += key.size() + value.size();
    return sum;
}

std::string Event::webhook_id() const {
    return store::webhook_id(field("key"), stream, partition, entry);
}

std::string Event::ce_id() const {
    std::string unique(id());
    if (field("idnames") == "thing") unique.append("~").append(webhook_id(), 4, 8);
    return unique;
}

}  // namespace webhook::worker
