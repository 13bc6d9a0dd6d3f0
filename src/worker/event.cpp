#include "worker/event.hpp"

#include "event/digest.hpp"

namespace webhook::worker {
namespace {

/// A length before each part keeps ("a","bc") and ("ab","c") apart.
void append_part(std::string_view part, std::string* out) {
    out->append(std::to_string(part.size()));
    out->push_back(':');
    out->append(part);
}

}  // namespace

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
    std::string input;
    append_part(stream, &input);
    append_part(source(), &input);
    append_part(id(), &input);
    return "msg_" + event::to_hex(event::digest_of(event::Hash::sha256, input).view().substr(0, 16));
}

}  // namespace webhook::worker
