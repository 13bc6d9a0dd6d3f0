#include "store/append.hpp"

#include <hiredis/hiredis.h>
#define OPENSSL_SUPPRESS_DEPRECATED  // SHA256_*: no allocation, no fetch of an algorithm per call
#include <openssl/sha.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <charconv>
#include <cstring>
#include <memory>

#include "store/append_script.hpp"
#include "store/keys.hpp"
#include "store/resp.hpp"

namespace webhook::store {

namespace {

using Field = std::pair<std::string_view, std::string_view>;

/// The fields every entry has, in stream order; the step knows their names.
constexpr std::size_t fixed_count = 8;
constexpr std::string_view version_name = "specversion", version = "1.0", data_name = "data";

struct Fields {
    Fields() = default;
    Fields(const Fields&) = delete;  // `received` views a member
    Fields& operator=(const Fields&) = delete;

    void fill(const NewEvent& event) {
        const auto end = std::to_chars(digits, digits + sizeof digits, event.received_ms).ptr;
        const std::string_view received(digits, static_cast<std::size_t>(end - digits));
        fixed = {Field{"id", event.id},   {"source", event.source}, {"type", event.type},
                 {"time", event.time},    {"received", received},   {"method", event.method},
                 {"remote", event.remote}};
        for (const Field& field :
             {Field{"datacontenttype", event.datacontenttype}, Field{"query", event.query},
              Field{"tenant", event.tenant}, Field{"contentencoding", event.contentencoding},
              Field{"headers", event.headers}}) {
            if (!field.second.empty()) other[others++] = field;
        }
        bytes = version_name.size() + version.size() + data_name.size() + event.data.size;
        for (const Field& field : fixed)
            bytes += field.first.size() + field.second.size();
        for (std::size_t i = 0; i < others; ++i)
            bytes += other[i].first.size() + other[i].second.size();
    }

    std::array<Field, fixed_count - 1> fixed;  ///< without data
    std::array<Field, 5> other;                ///< those of the optional ones that have a value
    std::size_t others = 0;
    std::uint64_t bytes = 0;  ///< what the event counts against limits: all names and values

  private:
    char digits[20] = {};
};

void put_data(const event::BodyView& data, std::string* out) {
    resp_bulk_header(data.size, out);
    for (const auto chunk : data)
        out->append(chunk);
    out->append("\r\n", 2);
}

void put_others(const Fields& fields, std::string* out) {
    for (std::size_t i = 0; i < fields.others; ++i) {
        resp_bulk(fields.other[i].first, out);
        resp_bulk(fields.other[i].second, out);
    }
}

void put_double(std::uint64_t value, std::string* out) {
    const auto number = static_cast<double>(value);
    std::uint64_t bits = 0;
    std::memcpy(&bits, &number, sizeof bits);
    for (unsigned i = 0; i < sizeof bits; ++i, bits >>= 8)
        out->push_back(static_cast<char>(bits));
}

const std::string& append_sha() {
    static const std::string sha = script_sha(append_script());
    return sha;
}

std::uint64_t share(std::uint64_t whole, unsigned partitions) {
    return (whole + partitions - 1) / partitions;
}

std::string_view text(const redisReply* reply) {
    return {reply->str, reply->len};
}

bool starts_with(std::string_view value, std::string_view start) {
    return value.substr(0, start.size()) == start;
}

void put_key(std::string_view prefix, std::string_view name, std::string* out) {
    resp_bulk_header(prefix.size() + name.size(), out);
    out->append(prefix).append(name).append("\r\n", 2);
}

void put_xadd(const Fields& fields, const event::BodyView& data, std::string_view prefix, std::string* out) {
    resp_array(1, out);
    resp_bulk("MULTI", out);
    resp_array(3 + 2 * (fixed_count + 1 + fields.others), out);
    resp_bulk("XADD", out);
    put_key(prefix, "events", out);
    resp_bulk("*", out);
    resp_bulk(version_name, out);
    resp_bulk(version, out);
    for (const Field& field : fields.fixed) {
        resp_bulk(field.first, out);
        resp_bulk(field.second, out);
    }
    resp_bulk(data_name, out);
    put_data(data, out);
    put_others(fields, out);
}

/// EVALSHA or EVAL with keys, numbers and the events' values (none when the entry was appended before).
class Step {
  public:
    Step(const StreamSettings& settings, const std::vector<std::string>& prefix, std::string* out)
        : settings_(settings), prefix_(prefix), out_(out) {}

    void put(const AppendItem* items, const Fields* fields, std::size_t count, bool text, bool values) {
        std::size_t words = 3 + 1, partitions = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (is_first_of_partition(items, i)) ++partitions;
            words += values ? 1 + fixed_count + 2 * fields[i].others : 1;
        }
        resp_array(words + 2 * partitions, out_);
        resp_bulk(text ? "EVAL" : "EVALSHA", out_);
        resp_bulk(text ? append_script() : std::string_view(append_sha()), out_);
        resp_number(2 * partitions, out_);
        for (std::size_t i = 0; i < count; ++i) {
            if (!is_first_of_partition(items, i)) continue;
            put_key(prefix_[items[i].partition], "events", out_);
            put_key(prefix_[items[i].partition], "intake", out_);
        }
        put_numbers(items, fields, count);
        for (std::size_t i = 0; i < count; ++i)
            put_event(items[i], fields[i], values);
    }

  private:
    static bool is_first_of_partition(const AppendItem* items, std::size_t i) {
        return i == 0 || items[i].partition != items[i - 1].partition;
    }

    void put_numbers(const AppendItem* items, const Fields* fields, std::size_t count) {
        resp_bulk_header((5 + 3 * count) * sizeof(double), out_);
        put_double(settings_.partitions, out_);
        put_double(share(settings_.max_backlog, settings_.partitions), out_);
        put_double(share(settings_.max_backlog_bytes, settings_.partitions), out_);
        put_double(settings_.dedup_window_ms, out_);
        put_double(count, out_);
        std::uint64_t position = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (is_first_of_partition(items, i)) ++position;
            put_double(position, out_);
            put_double(fields[i].bytes, out_);
            put_double(fields[i].others, out_);
        }
        out_->append("\r\n", 2);
    }

    void put_event(const AppendItem& item, const Fields& fields, bool values) {
        const event::BodyView& data = item.event->data;
        resp_bulk_header(16, out_);
        out_->append(reinterpret_cast<const char*>(item.id.data()), 12);
        const auto body = settings_.dedup_window_ms != 0 ? hash_body(data) : std::array<unsigned char, 4>{};
        out_->append(reinterpret_cast<const char*>(body.data()), body.size());
        out_->append("\r\n", 2);
        if (!values) return;
        for (const Field& field : fields.fixed)
            resp_bulk(field.second, out_);
        put_data(data, out_);
        put_others(fields, out_);
    }

    const StreamSettings& settings_;
    const std::vector<std::string>& prefix_;
    std::string* out_;
};

IdHash cut(const unsigned char* digest) {
    IdHash hash;
    std::memcpy(hash.data(), digest, hash.size());
    return hash;
}

void add_length(SHA256_CTX* context, std::size_t size) {
    unsigned char length[8];
    for (unsigned char& byte : length) {
        byte = static_cast<unsigned char>(size);
        size >>= 8;
    }
    SHA256_Update(context, length, sizeof length);
}

using Result = Appender::Result;

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

/// "<ms>-<seq>", as XADD gives it.
bool is_entry_id(std::string_view text) {
    const auto dash = text.find('-');
    return dash != 0 && dash != std::string_view::npos && dash + 1 != text.size() &&
           text.find_first_not_of("0123456789") == dash &&
           text.find_first_not_of("0123456789", dash + 1) == std::string_view::npos;
}

/// EXEC's reply: [XADD's id, the step's number]. An error after the XADD leaves an entry that must go.
Appender::Reply read_exec(const redisReply& reply) {
    if (reply.elements != 2) return {Result::broken, {}, {}, "EXEC gave an unexpected reply"};
    const redisReply& added = *reply.element[0];
    const redisReply& steps = *reply.element[1];
    const bool single = steps.type == REDIS_REPLY_ARRAY && steps.elements == 1;
    const redisReply& step = single ? *steps.element[0] : steps;
    if (added.type != REDIS_REPLY_STRING) {
        return {Result::broken, {}, {}, added.type == REDIS_REPLY_ERROR ? text(&added) : "XADD gave no id"};
    }
    if (!is_entry_id(text(&added))) return {Result::broken, {}, {}, "XADD gave an unreadable id"};
    if (step.type == REDIS_REPLY_INTEGER && (step.integer <= 3)) return verdict(step.integer, text(&added));
    return {
        Result::broken, {}, text(&added), step.type == REDIS_REPLY_ERROR ? text(&step) : "unexpected reply"};
}

}  // namespace

IdHash hash_id(std::string_view source, std::string_view id) {
    const event::BodyView view{&id, 1, id.size()};
    return hash_id(source, view);
}

IdHash hash_id(std::string_view source, const event::BodyView& body) {
    SHA256_CTX context;
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256_Init(&context);
    add_length(&context, source.size());
    SHA256_Update(&context, source.data(), source.size());
    add_length(&context, body.size);
    for (const auto chunk : body)
        SHA256_Update(&context, chunk.data(), chunk.size());
    SHA256_Final(digest, &context);
    return cut(digest);
}

unsigned partition_of(const IdHash& hash, unsigned partitions) {
    const std::uint32_t number =
        static_cast<std::uint32_t>(hash[12]) << 24 | hash[13] << 16 | hash[14] << 8 | hash[15];
    return number % partitions;
}

std::array<unsigned char, 4> hash_body(const event::BodyView& body) {
    std::uint64_t hash = 0;
    if (body.count == 1) {
        hash = XXH3_64bits(body.chunk->data(), body.chunk->size());
    } else {
        XXH3_state_t state;
        XXH3_64bits_reset(&state);
        for (const auto chunk : body)
            XXH3_64bits_update(&state, chunk.data(), chunk.size());
        hash = XXH3_64bits_digest(&state);
    }
    return {static_cast<unsigned char>(hash >> 24), static_cast<unsigned char>(hash >> 16),
            static_cast<unsigned char>(hash >> 8), static_cast<unsigned char>(hash)};
}

Appender::Appender(const StreamSettings& settings) : settings_(settings) {
    for (unsigned p = 0; p < settings.partitions; ++p)
        prefix_.push_back(partition_prefix(settings.name, p));
}

void Appender::build(const AppendItem* items, std::size_t count, bool text, std::string* out) const {
    const std::unique_ptr<Fields[]> fields(new Fields[count]);
    for (std::size_t i = 0; i < count; ++i)
        fields[i].fill(*items[i].event);
    Step(settings_, prefix_, out).put(items, fields.get(), count, text, true);
}

void Appender::build_large(const AppendItem& item, std::string* out) const {
    Fields fields;
    fields.fill(*item.event);
    put_xadd(fields, item.event->data, prefix_[item.partition], out);
    Step(settings_, prefix_, out).put(&item, &fields, 1, true, false);
    resp_array(1, out);
    resp_bulk("EXEC", out);
}

Appender::Reply Appender::read(const redisReply* reply, std::size_t index, std::size_t count) const {
    if (reply == nullptr) return {Result::broken, {}, {}, "no reply"};
    if (reply->type == REDIS_REPLY_ERROR) {
        if (starts_with(text(reply), "NOSCRIPT")) return {Result::no_script, {}, {}, text(reply)};
        return {Result::refused, {}, {}, text(reply)};
    }
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != count) {
        return {Result::broken, {}, {}, "unexpected type of reply"};
    }
    const redisReply& mine = *reply->element[index];
    switch (mine.type) {
        case REDIS_REPLY_STRING:
            if (!is_entry_id(text(&mine))) return {Result::broken, {}, {}, "unreadable id"};
            return {Result::accepted, text(&mine), {}, {}};
        case REDIS_REPLY_INTEGER:
            if (mine.integer == 3) return {Result::broken, {}, {}, "unexpected number"};
            return verdict(mine.integer, {});
        case REDIS_REPLY_ERROR:
            return {Result::refused, {}, {}, text(&mine)};
        default:
            return {Result::broken, {}, {}, "unexpected type of reply"};
    }
}

Appender::Reply Appender::read_large(const redisReply* reply) const {
    if (reply == nullptr) return {Result::broken, {}, {}, "no reply"};
    if (reply->type == REDIS_REPLY_ARRAY) return read_exec(*reply);
    if (reply->type == REDIS_REPLY_ERROR) return {Result::refused, {}, {}, text(reply)};
    return {Result::broken, {}, {}, "unexpected type of reply"};
}

void Appender::build_undo(unsigned partition, std::string_view stream_id, std::string* out) const {
    resp_array(3, out);
    resp_bulk("XDEL", out);
    resp_bulk(prefix_[partition] + "events", out);
    resp_bulk(stream_id, out);
}

void Appender::build_prepare(unsigned partition, std::string* out) const {
    const std::string& prefix = prefix_[partition];
    resp_array(7, out);
    resp_bulk("EVAL", out);
    resp_bulk(prepare_script(), out);
    resp_number(3, out);
    resp_bulk(prefix + "events", out);
    resp_bulk(prefix + "meta", out);
    resp_bulk(prefix + "selftest", out);
    resp_number(settings_.partitions, out);
}

}  // namespace webhook::store
