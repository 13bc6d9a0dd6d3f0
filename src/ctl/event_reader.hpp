#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "ctl/listed_event.hpp"

namespace webhook::ctl {

/// The events of several partitions, newest first. Reads each in pages that aim at a few megabytes, however
/// large the bodies are.
class NewestFirst {
  public:
    NewestFirst(Redis& redis, std::vector<Partition> partitions);

    std::optional<ListedEvent> next();  ///< nothing: that was the last

  private:
    struct Cursor {
        Partition partition;
        std::deque<ListedEvent> page;  ///< newest first
        std::string end = "+";         ///< where the next page begins
        std::size_t count = 16;        ///< entries in the next page
        bool finished = false;
    };
    void fill(Cursor* cursor);
    Cursor* newest();

    Redis& redis_;
    std::vector<Cursor> cursors_;
};

/// What follows the present end of all partitions, also of streams that come later.
class Follower {
  public:
    /// `stream` empty: all streams.
    Follower(Redis& redis, std::string stream);

    /// Waits up to a second. Events in the order of their entry ids as far as they come together.
    std::vector<ListedEvent> wait();

    /// For an event that came after the construction, but was read otherwise: it is not given again.
    void begin_after(const ListedEvent& event);

  private:
    struct Position {
        Partition partition;
        std::string after;
    };
    void find_streams(bool from_start);
    std::string last_entry(const Partition& partition);

    Redis& redis_;
    std::string stream_;
    std::vector<Position> positions_;
    int rounds_ = 0;
};

}  // namespace webhook::ctl
