#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "store/settle.hpp"

namespace webhook::worker {

/// Knows what a partition has parked: events of paused sources, in Redis, each source's in the order of the
/// stream. After a resume they are loaded again, oldest first; until all are, newer events of the source are
/// parked after them.
class Parking {
  public:
    /// Takes over the totals that Redis has, and the number of events of each source.
    void begin(std::uint64_t events, std::uint64_t bytes) { events_ = events, bytes_ = bytes; }
    void found(std::string_view source, std::uint64_t events) {
        sources_[std::string(source)].left += events;
    }

    /// Counts an event that will be parked.
    void add(std::string_view source) {
        const auto known = sources_.find(source);
        ++(known == sources_.end() ? sources_[std::string(source)] : known->second).left;
    }
    /// Counts an event that was loaded.
    void loaded(std::string_view source, std::string_view entry) {
        Source& one = sources_[std::string(source)];
        --one.left;
        one.last = entry;
    }

    struct Source {
        std::uint64_t left = 0;  ///< parked, or on the way there, and not loaded
        std::string last;        ///< the entry that was loaded last
    };
    /// Returns whether older events of the source are still parked.
    bool holds(std::string_view source) const {
        const auto known = sources_.find(source);
        return known != sources_.end() && known->second.left > 0;
    }
    const std::map<std::string, Source, std::less<>>& sources() const { return sources_; }

    // Totals, as the settling steps change them.
    void parked(std::uint64_t bytes) { ++events_, bytes_ += bytes; }
    void unparked(std::uint64_t bytes) { --events_, bytes_ -= bytes < bytes_ ? bytes : bytes_; }
    bool has_room(std::uint64_t bytes, const store::WaitingLimit& limit) const {
        return events_ < limit.count && bytes_ + bytes <= limit.bytes;
    }
    std::uint64_t events() const { return events_; }
    std::uint64_t bytes() const { return bytes_; }

  private:
    std::map<std::string, Source, std::less<>> sources_;
    std::uint64_t events_ = 0, bytes_ = 0;
};

}  // namespace webhook::worker
