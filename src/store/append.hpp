#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/body.hpp"
#include "store/identity.hpp"

struct redisReply;

namespace webhook::store {

/// Limits and window of one stream as configured; the same for all its events.
struct StreamSettings {
    std::string name;
    unsigned partitions = 8;
    std::uint64_t max_backlog = 1000000;  ///< unsettled events, whole stream
    std::uint64_t max_backlog_bytes = 1ull << 30;
    std::uint64_t dedup_window_ms = 0;  ///< 0: off
};

/// True when both may write one stream: what is set is equal, except that a window that is off agrees with
/// any.
bool agree(const StreamSettings& a, const StreamSettings& b);

/// One event on its way into the stream. Empty values are left out of the entry.
struct NewEvent {
    std::string_view id, source, type, time, datacontenttype, method, path, query, remote, tenant, key,
        partitionkey, contentencoding, headers;
    std::string_view idnames;  ///< "thing" where several events may carry the id
    std::uint64_t received_ms = 0;
    base::BodyView data;
};

/// An event with where it goes. Neither the event nor its identity changes as long as the item lives.
struct AppendItem {
    AppendItem() = default;
    AppendItem(const NewEvent* event, unsigned partition, const Identity& identity);
    AppendItem(const NewEvent*, unsigned, Identity&&) = delete;  ///< would be gone

    const NewEvent* event = nullptr;
    unsigned partition = 0;
    const Identity* identity = nullptr;
    std::uint64_t bytes = 0;  ///< what it counts against limits: all names and values of its entry
};

/// Largest body that travels together with other events.
inline constexpr std::size_t max_shared_body = 4096;

/// Builds commands and reads replies of the atomic step for one stream. Immutable after construction.
class Appender {
  public:
    explicit Appender(const StreamSettings& settings);

    static bool is_large(const NewEvent& event) { return event.data.size > max_shared_body; }

    /// Appends the RESP of MULTI, an XADD for each of `count` events (ordered by partition; a large one comes
    /// alone), the step, EXEC. The last of `replies(count)` replies is for read(); the others say "OK" and
    /// "QUEUED", or why nothing will happen.
    void build(const AppendItem* items, std::size_t count, std::string* out) const;
    static constexpr std::size_t replies(std::size_t count) { return count + 3; }

    enum class Result : std::uint8_t {
        accepted,
        duplicate,
        conflict,
        full,              ///< a backlog limit: answer `busy`
        wrong_partitions,  ///< the stream has another number of partitions: `detail` says which
        refused,           ///< Redis refused, nothing stands: `detail` is its error
        broken,  ///< an unreadable reply or an error after the XADD: `undo` is the entry to delete, if any
    };
    struct Reply {
        Result result = Result::broken;
        std::string_view stream_id;  ///< of accepted
        std::string_view undo;       ///< entry that must be deleted before the sender hears anything
        std::string_view detail;
    };
    /// Reads the result of event `index` of `count`; views point into the reply.
    static Reply read(const redisReply* reply, std::size_t index, std::size_t count);

    /// Takes back an entry of `bytes` bytes that an error left in the stream; reply :1.
    void build_undo(unsigned partition, std::uint64_t bytes, std::string_view stream_id,
                    std::string* out) const;

    /// For a new connection, one per partition: checks the stored number of partitions, makes stream and
    /// group where they are missing, and tries every command and key kind the step needs (ACL).
    void build_prepare(unsigned partition, std::string* out) const;
    struct Prepared {
        bool usable = false;                           ///< else an unreadable reply, or
        unsigned other_partitions = 0;                 ///< number of partitions that the stream has
        std::uint64_t backlog = 0, backlog_bytes = 0;  ///< of the partition: what counts against the limits
    };
    /// For the health check: reads the same and writes nothing. What Redis has lost since is made by the
    /// step.
    void build_look(unsigned partition, std::string* out) const;
    /// Reads a reply to either that is no error.
    static Prepared read_prepare(const redisReply& reply);

    /// For a new connection: brings the step into the server. Reply: its name, or an error that is_loaded()
    /// knows.
    static void build_load(std::string* out);
    static bool is_loaded(const redisReply& reply);
    /// Calls the step with nothing to do: is it there, and allowed? Reply: an empty array, or an error.
    static void build_probe(std::string* out);

    const StreamSettings& settings() const { return settings_; }

  private:
    StreamSettings settings_;
    std::vector<std::string> prefix_;  ///< of each partition
    // Parts of the command, ready to be copied.
    std::vector<std::string> xadd_;        ///< of each partition: the words of XADD up to the first value
    std::vector<std::string> events_key_;  ///< of each partition
    std::string step_;                     ///< FCALL and the step's name
    std::string limits_;                   ///< where the step's argument begins
};

}  // namespace webhook::store
