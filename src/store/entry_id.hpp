#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::store {

/// Id of a stream entry, "<ms>-<seq>"; in the order of the stream.
struct EntryId {
    std::uint64_t ms = 0, seq = 0;

    /// False when `text` is not an id.
    static bool parse(std::string_view text, EntryId* id);
    std::string text() const;
    /// The smallest id that is larger.
    EntryId next() const;

    friend bool operator==(const EntryId& a, const EntryId& b) { return a.ms == b.ms && a.seq == b.seq; }
    friend bool operator<(const EntryId& a, const EntryId& b) {
        return a.ms < b.ms || (a.ms == b.ms && a.seq < b.seq);
    }
};

}  // namespace webhook::store
