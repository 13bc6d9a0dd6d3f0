#include "store/webhook_id.hpp"

#include "base/digest.hpp"
#include "store/netstrings.hpp"

namespace webhook::store {

namespace {

/// Refuses any other text in the field `key`: it must not get into a header.
bool is_key(std::string_view text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string webhook_id(std::string_view key, std::string_view stream, unsigned partition,
                       std::string_view entry) {
    std::string id = "msg_";
    if (is_key(key)) return id.append(key);
    std::string place;
    append_netstring(stream, &place);
    append_netstring(std::to_string(partition), &place);
    append_netstring(entry, &place);
    return id + base::to_hex(base::digest_of(base::Hash::sha256, place).view().substr(0, 16));
}

}  // namespace webhook::store
