#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webhook::store {

/// An accepted event as it is in a stream, or in the hash `content`. Owns its bytes.
struct StoredEvent {
    std::string entry;  ///< stream entry id, "1700000000000-0"
    std::string stream;
    unsigned partition = 0;
    std::vector<std::pair<std::string, std::string>> fields;  ///< all fields of the entry, in order

    std::string_view field(std::string_view name) const;  ///< empty when absent
    std::string_view id() const { return field("id"); }
    std::string_view source() const { return field("source"); }
    std::string_view type() const { return field("type"); }
    std::string_view data() const { return field("data"); }
    /// What the event counts against limits: the lengths of all names and values.
    std::size_t bytes() const;
    /// The header webhook-id: the same for all attempts of all endpoints.
    std::string webhook_id() const;
    /// The id as CloudEvents wants it, unique with the source: an id that names a thing is told apart by 8
    /// digits of the webhook-id.
    std::string ce_id() const;

    /// The fields as a value of the hash `content`: netstrings of names and values in turn.
    std::string pack() const;
    /// Reads such a value; false when it is broken or empty. The fields before the break are there.
    bool unpack(std::string_view content);
};

}  // namespace webhook::store
