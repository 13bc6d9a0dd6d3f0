#include "store/webhook_id.hpp"

#include "event/digest.hpp"
#include "store/netstrings.hpp"

namespace webhook::store {

std::string webhook_id(std::string_view key, std::string_view stream, unsigned partition,
                       std::string_view entry) {
    std::string id = "msg_";
    if (!key.empty()) return id.append(key);
    std::string place;
    append_netstring(stream, &place);
    append_netstring(std::to_string(partition), &place);
    append_netstring(entry, &place);
    return id + event::to_hex(event::digest_of(event::Hash::sha256, place).view().substr(0, 16));
}

}  // namespace webhook::store
