#pragma once

#include <cstdint>

#include "store/server_info.hpp"
#include "worker/clock.hpp"

namespace webhook::worker {

/// Judges how short of memory Redis is, and when to look next. Settled events are trimmed before clients are
/// refused: from 85 % of `maxmemory` on the oldest are trimmed until 80 % is reached; from 92 % on an event
/// leaves the stream in the step that settles it, because a fast client fills the rest in a fraction of a
/// second.
class Pressure {
  public:
    void saw(const store::MemoryUse& memory, SteadyTime now);
    /// Counts the bytes settled since the last reading.
    void settled(std::uint64_t bytes) { since_ += bytes; }

    /// Returns whether the reading may be out of date: a quarter of the free room was settled since.
    bool wants_look() const { return memory_.limit != 0 && since_ > room() / 4; }
    /// Returns whether anything was settled since the last reading.
    bool has_traffic() const { return since_ > 0; }

    bool pressed() const { return pressed_; }
    bool keep_nothing() const { return pressed_ && memory_.used >= part(92); }
    /// Returns the state for the log: pressure comes and goes under load, so this lasts until there was none
    /// for a while.
    bool is_short() const { return short_; }
    const store::MemoryUse& memory() const { return memory_; }

  private:
    std::uint64_t part(unsigned percent) const { return memory_.limit / 100 * percent; }
    std::uint64_t room() const;

    store::MemoryUse memory_;
    std::uint64_t since_ = 0;
    SteadyTime last_pressed_{};
    bool pressed_ = false, short_ = false;
};

}  // namespace webhook::worker
