#pragma once

#include <string>
#include <string_view>

#include "ctl/json.hpp"
#include "ctl/partitions.hpp"
#include "store/entry_id.hpp"
#include "store/stored_event.hpp"

namespace webhook::ctl {

using store::EntryId;

/// A stored event as commands list it.
struct ListedEvent : store::StoredEvent {
    std::size_t data_bytes = 0;

    std::string label() const;  ///< "STREAM:P/ENTRY": no other event has it, while several may have one id
    /// True when `name` is its id, its key or its webhook-id.
    bool is_called(std::string_view name) const;
    void drop_data();  ///< leaves `data_bytes`: a long listing must not hold all bodies
};

/// From an element [entry, [field, value, ...]] of XRANGE, XREVRANGE and XREAD.
ListedEvent event_from_entry(const Partition& partition, ReplyView entry);

/// From a value of the hash `content` (netstrings); what follows a broken one is left out.
ListedEvent event_from_content(const Partition& partition, std::string entry, std::string_view content);

/// The whole event; a body that is no text as "data_base64", "data_bytes" alone when it was dropped.
Json event_json(const ListedEvent& event);

/// The same back, from JSON that a command printed or a person wrote: `data` may be JSON itself. Throws
/// Failure.
ListedEvent event_from_json(std::string_view text);

}  // namespace webhook::ctl
