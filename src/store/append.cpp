#include "store/append.hpp"

#include <charconv>
#include <climits>
#include <cstring>
#include <utility>

#include "base/text.hpp"
#include "store/append_library.hpp"
#include "store/entry_id.hpp"
#include "store/keys.hpp"
#include "store/reply.hpp"
#include "store/resp.hpp"

namespace webhook::store {

namespace {

using Result = Appender::Result;

/// A field of the entry: its name as RESP, ready to be copied.
struct Name {
    std::string_view word;
    std::size_t size;  ///< of the name itself
};

constexpr Name id_name{"$2\r\nid\r\n", 2}, source_name{"$6\r\nsource\r\n", 6}, type_name{"$4\r\ntype\r\n", 4},
    time_name{"$4\r\ntime\r\n", 4}, received_name{"$8\r\nreceived\r\n", 8},
    method_name{"$6\r\nmethod\r\n", 6}, remote_name{"$6\r\nremote\r\n", 6}, data_name{"$4\r\ndata\r\n", 4},
    content_type_name{"$15\r\ndatacontenttype\r\n", 15}, query_name{"$5\r\nquery\r\n", 5},
    tenant_name{"$6\r\ntenant\r\n", 6}, encoding_name{"$15\r\ncontentencoding\r\n", 15},
    headers_name{"$7\r\nheaders\r\n", 7}, path_name{"$4\r\npath\r\n", 4}, key_name{"$3\r\nkey\r\n", 3},
    partition_key_name{"$12\r\npartitionkey\r\n", 12}, id_names_name{"$7\r\nidnames\r\n", 7};
constexpr std::string_view version_words = "$11\r\nspecversion\r\n$3\r\n1.0\r\n";
constexpr std::size_t version_size = 11 + 3;
constexpr std::size_t fixed_fields = 9;  ///< specversion and those that every entry has

/// Calls `visit(name, value)` for each optional field that has a value.
template <typename Visit>
void visit_optional(const NewEvent& event, const Visit& visit) {
    const std::pair<const Name&, std::string_view> fields[] = {{content_type_name, event.datacontenttype},
                                                               {path_name, event.path},
                                                               {query_name, event.query},
                                                               {tenant_name, event.tenant},
                                                               {key_name, event.key},
                                                               {partition_key_name, event.partitionkey},
                                                               {id_names_name, event.idnames},
                                                               {encoding_name, event.contentencoding},
                                                               {headers_name, event.headers}};
    for (const auto& [name, value] : fields) {
        if (!value.empty()) visit(name, value);
    }
}

/// Calls `visit(name, value)` for each field but specversion and data, in stream order: first those that
/// every entry has, then the optional ones.
template <typename Visit>
void visit_fields(const NewEvent& event, std::string_view received, const Visit& visit) {
    visit(id_name, event.id);
    visit(source_name, event.source);
    visit(type_name, event.type);
    visit(time_name, event.time);
    visit(received_name, received);
    visit(method_name, event.method);
    visit(remote_name, event.remote);
    visit_optional(event, visit);
}

/// The time of receipt in digits.
class Received {
  public:
    explicit Received(std::uint64_t ms) : end_(std::to_chars(digits_, digits_ + sizeof digits_, ms).ptr) {}
    Received(const Received&) = delete;
    Received& operator=(const Received&) = delete;
    std::string_view view() const { return {digits_, static_cast<std::size_t>(end_ - digits_)}; }

  private:
    char digits_[20] = {};
    const char* end_;
};

std::size_t optional_fields(const NewEvent& event) {
    std::size_t count = 0;
    visit_optional(event, [&count](const Name&, std::string_view) { ++count; });
    return count;
}

void put_key(std::string_view prefix, std::string_view name, std::string* out) {
    resp_bulk_header(prefix.size() + name.size(), out);
    out->append(prefix).append(name).append("\r\n", 2);
}

/// Appends what `write` puts through a cursor, which is `room` bytes at most.
template <typename Write>
void put(std::size_t room, std::string* out, const Write& write) {
    const std::size_t begin = out->size();
    out->resize(begin + room);
    RespCursor cursor(out->data() + begin);
    write(&cursor);
    out->resize(static_cast<std::size_t>(cursor.end() - out->data()));
}

void put_xadd(const AppendItem& item, std::string_view start, std::string* out) {
    const NewEvent& event = *item.event;
    const Received received(event.received_ms);
    const std::size_t fields = fixed_fields + optional_fields(event);
    const std::size_t texts = item.bytes - event.data.size;
    put(start.size() + texts + (fields + 1) * 2 * RespCursor::frame_size, out, [&](RespCursor* cursor) {
        cursor->line('*', 3 + 2 * fields);
        cursor->raw(start);
        visit_fields(event, received.view(), [cursor](const Name& name, std::string_view value) {
            cursor->raw(name.word);
            cursor->bulk(value);
        });
        cursor->raw(data_name.word);
        cursor->line('$', event.data.size);
    });
    for (const auto chunk : event.data)
        out->append(chunk);
    out->append("\r\n", 2);
}

/// A number as the step unpacks it.
void put_double(double number, RespCursor* cursor) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &number, sizeof bits);
    char bytes[sizeof bits];
    for (std::size_t i = sizeof bits; i-- > 0; bits >>= 8)
        bytes[i] = static_cast<char>(bits);
    cursor->raw({bytes, sizeof bytes});
}

constexpr std::size_t key_size = 4 + 11;
constexpr std::size_t event_size = sizeof(double) + key_size + sizeof(ContentMark) + 1;
constexpr unsigned char no_dedup = 0x80;  ///< in the byte of the number of alternates

std::size_t size_of(const AppendItem& item) {
    return event_size + item.identity->alternates.size() * key_size;
}

/// Puts a key's number, by which its bucket is chosen, and what is remembered of it: the number's low byte
/// follows from the bucket.
void put_key(const Key& key, RespCursor* cursor) {
    const std::string_view bytes(reinterpret_cast<const char*>(key.data()), key.size());
    cursor->raw(bytes.substr(0, 4));
    cursor->raw(bytes.substr(0, 3));
    cursor->raw(bytes.substr(4, 8));
}

/// Appends the step's arguments of an event: its size, its key, the hash that shows a conflict, and the other
/// keys after a byte with their number.
void put_event(const AppendItem& item, RespCursor* cursor) {
    const Identity& identity = *item.identity;
    put_double(static_cast<double>(item.bytes), cursor);
    put_key(identity.key, cursor);
    cursor->raw({reinterpret_cast<const char*>(identity.content.data()), identity.content.size()});
    const char flags = static_cast<char>((identity.dedup ? 0 : no_dedup) | identity.alternates.size());
    cursor->raw({&flags, 1});
    for (const Key& key : identity.alternates)
        put_key(key, cursor);
}

std::uint64_t share(std::uint64_t whole, unsigned partitions) {
    return (whole + partitions - 1) / partitions;  // NOLINT(clang-analyzer-core.DivideZero): never none
}

/// How many events from `first` on go to its partition.
std::size_t run_length(const AppendItem* items, std::size_t first, std::size_t count) {
    std::size_t end = first + 1;
    while (end < count && items[end].partition == items[first].partition)
        ++end;
    return end - first;
}

/// Calls `visit(first, length)` for the events of each partition.
template <typename Visit>
void visit_runs(const AppendItem* items, std::size_t count, const Visit& visit) {
    for (std::size_t i = 0; i < count;) {
        const std::size_t length = run_length(items, i, count);
        visit(i, length);
        i += length;
    }
}

std::size_t size_of(const AppendItem* items, std::size_t count) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < count; ++i)
        size += size_of(items[i]);
    return size;
}

/// Puts, for each partition, how many events and bytes follow, and the events.
void put_arguments(std::string_view limits, const AppendItem* items, std::size_t count,
                   std::size_t partitions, std::string* out) {
    constexpr std::size_t run_header = 3;
    const std::size_t size = limits.size() + partitions * run_header + size_of(items, count);
    put(size + RespCursor::frame_size, out, [&](RespCursor* cursor) {
        cursor->line('$', size);
        cursor->raw(limits);
        visit_runs(items, count, [&](std::size_t first, std::size_t length) {
            const std::size_t bytes = size_of(items + first, length);
            const char header[run_header] = {static_cast<char>(length), static_cast<char>(bytes >> 8),
                                             static_cast<char>(bytes)};
            cursor->raw({header, run_header});
            for (std::size_t i = first; i < first + length; ++i)
                put_event(items[i], cursor);
        });
        cursor->raw("\r\n");
    });
}

Appender::Reply verdict(std::int64_t number, std::string_view id) {
    switch (number) {
        case 0:
            return {Result::duplicate, {}, {}, {}};
        case 1:
            return {Result::conflict, {}, {}, {}};
        case 2:
            return {Result::full, {}, {}, {}};
        case 3:
            return {Result::accepted, id, {}, {}};
        default:
            return {number < 0 ? Result::wrong_partitions : Result::broken, {}, {}, "unexpected number"};
    }
}

bool is_entry_id(std::string_view text) {
    EntryId id;
    return EntryId::parse(text, &id);
}

/// One event's part of EXEC's reply: what XADD said, and what the step said.
Appender::Reply read_event(const redisReply& added, const redisReply& step) {
    if (added.type == REDIS_REPLY_ERROR) return {Result::refused, {}, {}, text(added)};
    if (added.type != REDIS_REPLY_STRING || !is_entry_id(text(added))) {
        return {Result::broken, {}, {}, "XADD gave an unreadable id"};
    }
    if (step.type == REDIS_REPLY_INTEGER && step.integer <= 3) return verdict(step.integer, text(added));
    if (step.type != REDIS_REPLY_ERROR) return {Result::broken, {}, text(added), "unexpected reply"};
    if (base::starts_with(text(step), "LEFT ")) return {Result::broken, {}, text(added), text(step)};
    return {Result::refused, {}, {}, text(step)};
}

}  // namespace

bool agree(const StreamSettings& a, const StreamSettings& b) {
    return a.name == b.name && a.partitions == b.partitions && a.max_backlog == b.max_backlog &&
           a.max_backlog_bytes == b.max_backlog_bytes &&
           (a.dedup_window_ms == b.dedup_window_ms || a.dedup_window_ms == 0 || b.dedup_window_ms == 0);
}

AppendItem::AppendItem(const NewEvent* e, unsigned p, const Identity& who)
    : event(e), partition(p), identity(&who), bytes(version_size + data_name.size + e->data.size) {
    const Received received(e->received_ms);
    visit_fields(*e, received.view(),
                 [this](const Name& name, std::string_view value) { bytes += name.size + value.size(); });
}

Appender::Appender(const StreamSettings& settings) : settings_(settings) {
    for (unsigned p = 0; p < settings.partitions; ++p) {
        prefix_.push_back(partition_prefix(settings.name, p));
        std::string start;
        resp_bulk("XADD", &start);
        put_key(prefix_[p], "events", &start);
        resp_bulk("*", &start);
        xadd_.push_back(start.append(version_words));
        put_key(prefix_[p], "events", &events_key_.emplace_back());
    }
    resp_bulk("FCALL", &step_);
    resp_bulk(append_function(), &step_);
    const std::uint64_t limits[] = {settings.partitions, share(settings.max_backlog, settings.partitions),
                                    share(settings.max_backlog_bytes, settings.partitions),
                                    settings.dedup_window_ms};
    put(sizeof limits, &limits_, [&limits](RespCursor* cursor) {
        for (const std::uint64_t limit : limits)
            put_double(static_cast<double>(limit), cursor);
    });
}

void Appender::build(const AppendItem* items, std::size_t count, std::string* out) const {
    out->append("*1\r\n$5\r\nMULTI\r\n");
    for (std::size_t i = 0; i < count; ++i)
        put_xadd(items[i], xadd_[items[i].partition], out);
    std::size_t partitions = 0;
    visit_runs(items, count, [&partitions](std::size_t, std::size_t) { ++partitions; });
    resp_array(4 + partitions, out);
    out->append(step_);
    resp_number(partitions, out);
    visit_runs(items, count,
               [&](std::size_t first, std::size_t) { out->append(events_key_[items[first].partition]); });
    put_arguments(limits_, items, count, partitions, out);
    out->append("*1\r\n$4\r\nEXEC\r\n");
}

Appender::Reply Appender::read(const redisReply* reply, std::size_t index, std::size_t count) {
    if (reply == nullptr) return {Result::broken, {}, {}, "no reply"};
    if (reply->type == REDIS_REPLY_ERROR) return {Result::refused, {}, {}, text(*reply)};
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != count + 1) {
        return {Result::broken, {}, {}, "unexpected reply to EXEC"};
    }
    const redisReply& added = *reply->element[index];
    const redisReply& steps = *reply->element[count];
    if (steps.type == REDIS_REPLY_ARRAY && steps.elements == count) {
        return read_event(added, *steps.element[index]);
    }
    const bool stands = added.type == REDIS_REPLY_STRING && is_entry_id(text(added));
    return {Result::broken,
            {},
            stands ? text(added) : std::string_view(),
            steps.type == REDIS_REPLY_ERROR ? text(steps) : "unexpected reply of the step"};
}

void Appender::build_undo(unsigned partition, std::uint64_t bytes, std::string_view stream_id,
                          std::string* out) const {
    resp_array(8, out);
    resp_bulk("EVAL", out);
    resp_bulk(undo_script(), out);
    resp_number(3, out);
    for (const std::string_view key : {"events", "meta", "intake"})
        put_key(prefix_[partition], key, out);
    resp_bulk(stream_id, out);
    resp_number(bytes, out);
}

void Appender::build_prepare(unsigned partition, std::string* out) const {
    const std::string& prefix = prefix_[partition];
    resp_array(8, out);
    resp_bulk("EVAL", out);
    resp_bulk(prepare_script(), out);
    resp_number(4, out);
    resp_bulk(prefix + "events", out);
    resp_bulk(prefix + "meta", out);
    resp_bulk(prefix + "intake", out);
    resp_bulk(prefix + "selftest", out);
    resp_number(settings_.partitions, out);
}

void Appender::build_look(unsigned partition, std::string* out) const {
    resp_array(6, out);
    resp_bulk("EVAL", out);
    resp_bulk(look_script(), out);
    resp_number(2, out);
    put_key(prefix_[partition], "meta", out);
    put_key(prefix_[partition], "intake", out);
    resp_number(settings_.partitions, out);
}

Appender::Prepared Appender::read_prepare(const redisReply& reply) {
    Prepared prepared;
    const auto count = [&reply](std::size_t i, std::uint64_t* value) {
        const redisReply& element = *reply.element[i];
        if (element.type != REDIS_REPLY_INTEGER || element.integer < 0) return false;
        *value = static_cast<std::uint64_t>(element.integer);
        return true;
    };
    if (reply.type == REDIS_REPLY_INTEGER && reply.integer < 0 && reply.integer > INT_MIN) {
        prepared.other_partitions = static_cast<unsigned>(-reply.integer);
    } else if (reply.type == REDIS_REPLY_ARRAY && reply.elements == 2) {
        prepared.usable = count(0, &prepared.backlog) && count(1, &prepared.backlog_bytes);
    }
    return prepared;
}

void Appender::build_load(std::string* out) {
    resp_array(3, out);
    resp_bulk("FUNCTION", out);
    resp_bulk("LOAD", out);
    resp_bulk(append_library(), out);
}

bool Appender::is_loaded(const redisReply& reply) {
    return reply.type == REDIS_REPLY_STRING ||
           (reply.type == REDIS_REPLY_ERROR && text(reply).find("already exists") != std::string_view::npos);
}

void Appender::build_probe(std::string* out) {
    resp_array(3, out);
    resp_bulk("FCALL", out);
    resp_bulk(append_function(), out);
    resp_number(0, out);
}

}  // namespace webhook::store
