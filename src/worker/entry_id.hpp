#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::worker {

/// Id of a stream entry, "<ms>-<seq>".
struct EntryId {
    std::uint64_t ms = 0, seq = 0;

    /// False when `text` is not an id.
    static bool parse(std::string_view text, EntryId* id);
    std::string text() const;
    /// The smallest id that is larger.
    EntryId next() const;
    auto operator<=>(const EntryId&) const = default;  // NOLINT(modernize-use-nullptr)
};

}  // namespace webhook::worker
