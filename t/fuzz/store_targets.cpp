// What comes back from Redis, and what is kept there.

#include <hiredis/hiredis.h>

#include <algorithm>
#include <memory>

#include "store/append.hpp"
#include "store/keys.hpp"
#include "store/netstrings.hpp"
#include "store/server_info.hpp"
#include "t/fuzz/target.hpp"

namespace webhook::fuzz {

namespace {

struct FreeReply {
    void operator()(void* reply) const { freeReplyObject(reply); }
};
struct FreeReader {
    void operator()(redisReader* reader) const { redisReaderFree(reader); }
};

/// hiredis reserves memory for as many elements as an array announces; Redis is trusted that far.
bool announces_much(std::string_view input) {
    for (std::size_t at = input.find('*'); at != std::string_view::npos; at = input.find('*', at + 1)) {
        const std::size_t end = input.find_first_not_of("0123456789", at + 1);
        if (std::min(end, input.size()) - at > 6) return true;
    }
    return false;
}

// Whatever Redis answers to a transaction of three: accepted only with an entry's id.
void replies(std::string_view input) {
    if (announces_much(input)) return;
    const std::unique_ptr<redisReader, FreeReader> reader(redisReaderCreate());
    if (redisReaderFeed(reader.get(), input.data(), input.size()) != REDIS_OK) return;
    void* raw = nullptr;
    if (redisReaderGetReply(reader.get(), &raw) != REDIS_OK || raw == nullptr) return;
    const std::unique_ptr<void, FreeReply> owned(raw);
    const auto* reply = static_cast<const redisReply*>(raw);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto read = store::Appender::read(reply, i, 3);
        if (read.result == store::Appender::Result::accepted)
            REQUIRE(read.stream_id.find('-') != std::string_view::npos);
        if (read.result == store::Appender::Result::refused) REQUIRE(read.undo.empty());
    }
    (void)store::Appender::is_loaded(*reply);
}

std::vector<std::string> reply_seeds() {
    return {"*4\r\n$3\r\n1-1\r\n$3\r\n1-2\r\n$3\r\n1-3\r\n*3\r\n:3\r\n:0\r\n:-4\r\n",
            "*4\r\n$3\r\n1-1\r\n-ERR no\r\n$3\r\n1-3\r\n-ERR Function not found\r\n",
            "*4\r\n$3\r\n1-1\r\n$3\r\n1-2\r\n$3\r\n1-3\r\n*3\r\n:3\r\n-LEFT x\r\n-ERR y\r\n",
            "-EXECABORT x\r\n", "*-1\r\n"};
}

void texts(std::string_view input) {
    std::string_view rest = input, value;
    while (store::take_netstring(&rest, &value)) {
        std::string again;
        store::append_netstring(value, &again);
        std::string_view back = again, same;
        REQUIRE(store::take_netstring(&back, &same) && same == value && back.empty());
    }
    std::string stream;
    unsigned partition = 0;
    if (store::parse_events_key(input, &stream, &partition)) {
        REQUIRE(store::valid_stream_name(stream));
        REQUIRE(store::partition_prefix(stream, partition) + "events" == input);
    }
    (void)store::judge_server(input);
    (void)store::is_server_error(input);
}

std::vector<std::string> text_seeds() {
    return {"3:abc,0:,",
            "webhook:{a.b:3}:events",
            "webhook:{a:03}:events",
            "redis_version:7.0.15\r\nloading:0\r\nrole:master\r\nmaxmemory_policy:noeviction\r\n",
            "18446744073709551616:a,",
            "LOADING Redis is loading"};
}

}  // namespace

std::vector<Target> store_targets() {
    return {{"replies", replies, reply_seeds}, {"texts", texts, text_seeds}};
}

}  // namespace webhook::fuzz
