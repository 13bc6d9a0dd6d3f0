#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/body.hpp"
#include "base/digest.hpp"
#include "event/identity.hpp"

namespace webhook::store {

using event::By;

/// The identity of an event within its stream: copies have the same key. The first 12 bytes are remembered.
using Key = std::array<unsigned char, 16>;

/// Returns the first 16 bytes of SHA-256 over the length-prefixed scope, `by`, and id and/or content. Without
/// an id the content alone decides, whatever `by` says: events without an id must not be copies of each
/// other.
Key make_key(std::string_view scope, By by, std::string_view id, const base::Digest& content);

/// Returns the 32 hex digits of the entry's field `key`.
std::array<char, 32> to_hex(const Key& key);

/// Tells a conflict (same key, other content) from a duplicate; not a defence.
using ContentMark = std::array<unsigned char, 4>;
ContentMark mark_of(const base::Digest& content);
ContentMark mark_of(const base::BodyView& content);  ///< XXH3: cheaper where no digest is needed

/// Returns 0 to `partitions` - 1. `value` is what all copies share: the id, without one the content's bytes,
/// or what webhook_partition gives. Does not follow from the key's bits, which choose a bucket within the
/// partition.
unsigned partition_of(std::string_view value, unsigned partitions);

/// Further keys under which an event may have been stored: one for each other secret that its sender may have
/// had.
class Alternates {
  public:
    static constexpr std::size_t capacity = 7;

    /// False: it is full, and `key` will not be looked up.
    bool add(const Key& key) {
        if (size_ == capacity) return false;
        keys_[size_++] = key;
        return true;
    }
    std::size_t size() const { return size_; }
    const Key* begin() const { return keys_.data(); }
    const Key* end() const { return keys_.data() + size_; }

  private:
    std::array<Key, capacity> keys_{};
    std::uint8_t size_ = 0;
};

/// How the copies of an event are recognised.
struct Identity {
    Key key{};  ///< it is stored under this one
    ContentMark content{};
    Alternates alternates;  ///< it is looked up under these too
    bool dedup = true;      ///< false: neither looked up nor remembered, though the stream has a window
};

}  // namespace webhook::store
