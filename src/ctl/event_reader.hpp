#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "ctl/listed_event.hpp"

namespace webhook::ctl {

enum class EventOrder { newest_first, oldest_first };

/// Which part of the streams is read, and how.
struct EventRange {
    EventOrder order = EventOrder::newest_first;
    std::int64_t since = 0, until = INT64_MAX;  ///< ms, by entry id; both included
    std::string
        after;  ///< "STREAM:P/ENTRY" (ListedEvent::label()): begins behind it; empty: at the beginning
};

/// The events of several partitions as one list, in the order of their entries (and of the partitions' labels
/// where entries are equal). Reads each in pages that aim at a few megabytes, however large the bodies are.
class EventReader {
  public:
    /// Throws Failure when `range.after` names no entry.
    EventReader(Redis& redis, std::vector<Partition> partitions, const EventRange& range = {});

    std::optional<ListedEvent> next();  ///< nothing: that was the last

  private:
    struct Place {
        EntryId entry;
        std::string partition;
    };
    struct Cursor {
        Partition partition;
        std::deque<ListedEvent> page;  ///< next one first
        std::string begin;             ///< where the next page begins
        std::size_t count = 16;        ///< entries in the next page
        bool finished = false;
    };
    bool before(const Place& a, const Place& b) const;
    static Place place_of(const ListedEvent& event);
    void fill(Cursor* cursor);
    void take(Cursor* cursor, ReplyView page);
    Cursor* first();

    Redis& redis_;
    EventOrder order_;
    std::string end_;
    std::optional<Place> after_;
    std::vector<Cursor> cursors_;
};

/// Events after the present end of all partitions, also of streams that appear later.
class Follower {
  public:
    /// `stream` empty: all streams.
    Follower(Redis& redis, std::string stream);

    /// Goes on over another connection.
    void use(Redis& redis) { redis_ = &redis; }

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

    Redis* redis_;
    std::string stream_;
    std::vector<Position> positions_;
    int rounds_ = 0;
};

}  // namespace webhook::ctl
