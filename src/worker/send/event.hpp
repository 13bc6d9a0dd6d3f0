#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webhook::worker {

/// An event as read from the stream (or from `content`). Owns its bytes; shared by all deliveries of the
/// event.
struct Event {
    std::string entry;  ///< stream entry id, "1700000000000-0"
    std::string stream;
    unsigned partition = 0;
    std::vector<std::pair<std::string, std::string>> fields;  ///< all fields of the entry, in order

    std::string_view field(std::string_view name) const;  ///< empty when absent
    std::string_view id() const { return field("id"); }
    std::string_view source() const { return field("source"); }
    std::string_view type() const { return field("type"); }
    std::string_view data() const { return field("data"); }
    std::size_t bytes()
        const;  ///< what the event counts against limits: the lengths of all fields' names and values
    std::string webhook_id() const;  ///< the same for all attempts of all endpoints
    /// The id as CloudEvents wants it, unique with the source: an id that names a thing is told apart by 8
    /// digits of the webhook-id.
    std::string ce_id() const;
};

}  // namespace webhook::worker
