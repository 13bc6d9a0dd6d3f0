#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "event/body.hpp"

struct redisReply;

namespace webhook::store {

/// First 12 bytes: what is remembered of source and id. Last 4: chooses the partition, so that the two are
/// independent.
using IdHash = std::array<unsigned char, 16>;

/// SHA-256 over length-prefixed source and id, cut to 16 bytes.
IdHash hash_id(std::string_view source, std::string_view id);
/// The same with the body in place of the id (`by=body`).
IdHash hash_id(std::string_view source, const event::BodyView& body);
unsigned partition_of(const IdHash& hash, unsigned partitions);

/// Tells a conflict from a duplicate; not a defence (XXH3).
std::array<unsigned char, 4> hash_body(const event::BodyView& body);

/// Limits and window of one stream as configured; the same for all its events.
struct StreamSettings {
    std::string name;
    unsigned partitions = 8;
    std::uint64_t max_backlog = 1000000;  ///< unsettled events, whole stream
    std::uint64_t max_backlog_bytes = 1ull << 30;
    std::uint64_t dedup_window_ms = 0;  ///< 0: off
};

/// One event on its way into the stream. Empty values are left out of the entry.
struct NewEvent {
    std::string_view id, source, type, time, datacontenttype, method, query, remote, tenant, contentencoding,
        headers;
    std::uint64_t received_ms = 0;
    event::BodyView data;
};

/// An event with where it goes.
struct AppendItem {
    const NewEvent* event = nullptr;
    unsigned partition = 0;
    IdHash id{};
};

/// Largest body that goes through the script's arguments.
inline constexpr std::size_t max_scripted_body = 4096;

/// Builds commands and reads replies of the atomic step for one stream. Immutable after construction.
class Appender {
  public:
    explicit Appender(const StreamSettings& settings);

    static bool is_large(const NewEvent& event) { return event.data.size > max_scripted_body; }

    /// Appends the RESP of one command for `count` small events, ordered by partition; one reply, read by read().
    /// `text`: send the script itself (after NOSCRIPT).
    void build(const AppendItem* items, std::size_t count, bool text, std::string* out) const;

    /// Appends the RESP of a large event: MULTI, XADD, EVAL, EXEC. The last of the four replies is for read_large().
    void build_large(const AppendItem& item, std::string* out) const;
    static constexpr unsigned large_replies = 4;

    enum class Result : std::uint8_t {
        accepted,
        duplicate,
        conflict,
        full,              ///< a backlog limit: answer `busy`
        wrong_partitions,  ///< the stream has another number of partitions: `detail` says which
        no_script,         ///< nothing happened: send again with the text
        refused,           ///< Redis refused, nothing stands: `detail` is its error
        broken,  ///< an unreadable reply or an error after the XADD: `undo` is the entry to delete, if any
    };
    struct Reply {
        Result result = Result::broken;
        std::string_view stream_id;  ///< of accepted
        std::string_view undo;       ///< entry that must be deleted before the sender hears anything
        std::string_view detail;
    };
    /// What became of event `index` of a command of `count`; views point into the reply.
    Reply read(const redisReply* reply, std::size_t index, std::size_t count) const;
    Reply read_large(const redisReply* reply) const;

    /// XDEL of an entry that an error left standing.
    void build_undo(unsigned partition, std::string_view stream_id, std::string* out) const;

    /// For a new connection and for the health check, one per partition: checks the stored number of
    /// partitions, makes stream and group where they are missing, and tries every command and key kind the
    /// step needs (ACL). Reply: :1, or an error, or :-N when the stream has N partitions.
    void build_prepare(unsigned partition, std::string* out) const;

    const StreamSettings& settings() const { return settings_; }

  private:
    StreamSettings settings_;
    std::vector<std::string> prefix_;  ///< of each partition
};

}  // namespace webhook::store
