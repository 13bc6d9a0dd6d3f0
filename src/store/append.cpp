#include "store/append.hpp"

#include <hiredis/hiredis.h>
#define OPENSSL_SUPPRESS_DEPRECATED  // SHA256_*: no allocation, no fetch of an algorithm per call
#include <openssl/sha.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "store/append_script.hpp"
#include "store/keys.hpp"
#include "store/resp.hpp"

namespace webhook::store {

namespace {

using Field = std::pair<std::string_view, std::string_view>;

/// The entry's fields in stream order without `data`, absent ones left out.
class Fields {
  public:
    Fields(const NewEvent& event, std::string_view received) {
        for (const Field& field :
             {Field{"specversion", "1.0"}, Field{"id", event.id}, Field{"source", event.source},
              Field{"type", event.type}, Field{"time", event.time},
              Field{"datacontenttype", event.datacontenttype}, Field{"received", received},
              Field{"method", event.method}, Field{"query", event.query}, Field{"remote", event.remote},
              Field{"tenant", event.tenant}, Field{"contentencoding", event.contentencoding},
              Field{"headers", event.headers}}) {
            if (field.second.empty()) continue;
            field_[count_++] = field;
            bytes_ += field.first.size() + field.second.size();
        }
    }
    const Field* begin() const { return field_; }
    const Field* end() const { return field_ + count_; }
    std::size_t count() const { return count_; }
    std::size_t bytes() const { return bytes_; }

  private:
    Field field_[13];
    std::size_t count_ = 0, bytes_ = 0;
};

constexpr std::string_view data_name = "data";

void put_fields(const Fields& fields, const event::BodyView& data, std::string* out) {
    for (const auto& [name, value] : fields) {
        resp_bulk(name, out);
        resp_bulk(value, out);
    }
    resp_bulk(data_name, out);
    resp_bulk_header(data.size, out);
    for (const auto chunk : data)
        out->append(chunk);
    out->append("\r\n", 2);
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

/// EXEC's reply: [XADD's id, the step's number]. An error after the XADD leaves an entry that must go.
Appender::Reply read_exec(const redisReply& reply) {
    if (reply.elements != 2) return {Result::broken, {}, {}, "EXEC gave an unexpected reply"};
    const redisReply& added = *reply.element[0];
    const redisReply& step = *reply.element[1];
    if (added.type != REDIS_REPLY_STRING) {
        return {Result::broken, {}, {}, added.type == REDIS_REPLY_ERROR ? text(&added) : "XADD gave no id"};
    }
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

AppendCommand Appender::build(const NewEvent& event, unsigned partition, const IdHash& id, bool scripted_text,
                              std::string* out) const {
    const std::string received = std::to_string(event.received_ms);
    const Fields fields(event, received);
    const std::string& prefix = prefix_[partition];
    const std::size_t pairs = fields.count() + 1;
    const bool scripted = event.data.size <= max_scripted_body;
    const AppendCommand command{scripted ? 1u : 4u, scripted && !scripted_text};

    if (!scripted) {
        resp_array(1, out);
        resp_bulk("MULTI", out);
        resp_array(3 + 2 * pairs, out);
        resp_bulk("XADD", out);
        resp_bulk(prefix + "events", out);
        resp_bulk("*", out);
        put_fields(fields, event.data, out);
    }
    const bool dedup = settings_.dedup_window_ms != 0;
    const auto body = dedup ? hash_body(event.data) : std::array<unsigned char, 4>{};
    resp_array(13 + (scripted ? 2 * pairs : 0), out);
    resp_bulk(command.by_sha ? "EVALSHA" : "EVAL", out);
    resp_bulk(command.by_sha ? std::string_view(append_sha()) : append_script(), out);
    resp_number(2, out);
    resp_bulk(prefix + "events", out);
    resp_bulk(prefix + "meta", out);
    resp_bulk(prefix + "seen:", out);
    resp_number(settings_.partitions, out);
    resp_number(share(settings_.max_backlog, settings_.partitions), out);
    resp_number(share(settings_.max_backlog_bytes, settings_.partitions), out);
    resp_number(fields.bytes() + data_name.size() + event.data.size, out);
    resp_number(settings_.dedup_window_ms, out);
    resp_bulk({reinterpret_cast<const char*>(id.data()), 12}, out);
    resp_bulk({reinterpret_cast<const char*>(body.data()), body.size()}, out);
    if (scripted) {
        put_fields(fields, event.data, out);
    } else {
        resp_array(1, out);
        resp_bulk("EXEC", out);
    }
    return command;
}

Appender::Reply Appender::read(const redisReply* reply) const {
    if (reply == nullptr) return {Result::broken, {}, {}, "no reply"};
    switch (reply->type) {
        case REDIS_REPLY_STRING:
            return {Result::accepted, text(reply), {}, {}};
        case REDIS_REPLY_INTEGER:
            if (reply->integer == 3) return {Result::broken, {}, {}, "unexpected number"};
            return verdict(reply->integer, {});
        case REDIS_REPLY_ARRAY:
            return read_exec(*reply);
        case REDIS_REPLY_ERROR:
            if (starts_with(text(reply), "NOSCRIPT")) return {Result::no_script, {}, {}, {}};
            return {Result::refused, {}, {}, text(reply)};
        default:
            return {Result::broken, {}, {}, "unexpected type of reply"};
    }
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
