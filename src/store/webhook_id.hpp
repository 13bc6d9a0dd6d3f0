#pragma once

#include <string>
#include <string_view>

namespace webhook::store {

/// Returns the header `webhook-id` of an event: "msg_" and 32 hex digits, which are the entry's field `key`.
/// Where it has none (no dedup) they follow from the entry's place, so that equal but distinct events differ.
std::string webhook_id(std::string_view key, std::string_view stream, unsigned partition,
                       std::string_view entry);

}  // namespace webhook::store
