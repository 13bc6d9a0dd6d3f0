#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "ctl/delivery_filter.hpp"
#include "ctl/json.hpp"
#include "ctl/listed_event.hpp"
#include "ctl/partitions.hpp"

namespace webhook::ctl {

/// One attempt as the log holds it, with where it was found.
struct LoggedAttempt {
    Partition partition;
    EntryId log_entry;      ///< one entry holds the attempts of a settling step
    std::size_t index = 0;  ///< within the entry
    Json json;

    std::string place() const;  ///< what --cursor takes: "LOG_ENTRY~INDEX~STREAM:P"
};

/// The options that select attempts, as they are given.
struct AttemptOptions {
    std::string stream, endpoint, event, delivery, status, since, until;
};

/// Which attempts a command is about.
class AttemptFilter {
  public:
    /// Throws Failure where an option cannot be read.
    explicit AttemptFilter(const AttemptOptions& options);

    const TimeSpan& time() const { return time_; }
    bool matches(const Partition& partition, const Json& attempt) const;
    /// Decides by the text alone, without reading the JSON; may be wrong only by saying yes.
    bool may_match(std::string_view json) const;

  private:
    AttemptOptions options_;
    StatusSet status_;
    TimeSpan time_;
    std::vector<std::string> needles_;  ///< stand in the JSON of every attempt that matches
};

/// The attempts in the logs of several partitions that pass a filter, latest logged first. Both generations
/// of each log are read in pages.
class AttemptReader {
  public:
    /// The order of the list.
    struct Key {
        EntryId entry;
        std::string partition;
        std::size_t index = 0;
        friend bool operator<(const Key& a, const Key& b);
    };

    /// Begins behind the place `after` (LoggedAttempt::place()), unless it is empty. Throws Failure when it
    /// is no place.
    AttemptReader(Redis& redis, const std::vector<Partition>& partitions, const AttemptFilter& filter,
                  std::string_view after);

    std::optional<LoggedAttempt> next();  ///< nothing: that was the last

  private:
    struct Cursor {
        Partition partition;
        std::deque<LoggedAttempt> page;
        std::string log, older;  ///< keys: of the generation that is read, and of the one before
        std::string end = "+";
        bool finished = false;
    };
    static Key key_of(const LoggedAttempt& attempt);
    void take(Cursor* cursor, ReplyView entry);
    void fill(Cursor* cursor);

    Redis& redis_;
    const AttemptFilter& filter_;
    std::optional<Key> after_;
    std::vector<Cursor> cursors_;
};

/// Keys of the logs of a partition, the newer one first.
std::vector<std::string> attempt_logs(Redis& redis, const Partition& partition);

}  // namespace webhook::ctl
