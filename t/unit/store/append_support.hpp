// What the tests of the atomic step share.

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "store/append.hpp"
#include "t/unit/support/redis_server.hpp"

namespace webhook::store {

using test::RedisServer;
using Result = Appender::Result;

struct Outcome {
    Result result;
    std::string stream_id, detail, undo;
};

inline Key key_of(std::string_view id) {
    return make_key("src", By::id, id, {});
}

/// By the id alone, with a mark of the body.
inline Identity identity_of(std::string_view id, std::string_view body) {
    return {key_of(id), mark_of(base::BodyView{&body, 1, body.size()}), {}, true};
}

/// Appends events to partition 0 of a stream on a real server.
class Stream {
  public:
    explicit Stream(RedisServer& redis, StreamSettings settings = {"s", 1, 1000000, 1u << 30, 3600000})
        : redis_(redis), appender_(settings) {
        load(redis);
    }

    static void load(RedisServer& redis) {
        std::string out;
        Appender::build_load(&out);
        const auto reply = redis.raw(out);
        EXPECT_TRUE(Appender::is_loaded(*reply)) << test::text(reply);
    }

    Outcome add(std::string_view id, std::string_view body) { return add(id, body, identity_of(id, body)); }
    Outcome add(std::string_view id, std::string_view body, const Identity& identity) {
        NewEvent event;
        event.id = id;
        event.source = "src";
        event.type = "t";
        event.received_ms = 1;
        event.data = {&body, body.empty() ? 0u : 1u, body.size()};
        const AppendItem item{&event, 0, identity};
        std::string out;
        appender_.build(&item, 1, &out);
        const auto reply = redis_.raw(out, Appender::replies(1));
        const auto read = Appender::read(reply.get(), 0, 1);
        return {read.result, std::string(read.stream_id), std::string(read.detail), std::string(read.undo)};
    }
    long entries() { return redis_({"XLEN", "webhook:{s:0}:events"})->integer; }
    enum Intake {
        partitions,
        accepted,
        accepted_bytes,
        ids,
        routed,
        routed_bytes,
        gen,
        start,
        length,
        promise
    };
    double intake(Intake field) {
        double value = -1;
        const auto packed = redis_({"GET", "webhook:{s:0}:intake"});
        if (packed->len == 88) std::memcpy(&value, packed->str + field * sizeof value, sizeof value);
        return value;
    }
    void set_intake(Intake field, double value) {
        redis_({"SETRANGE", "webhook:{s:0}:intake", std::to_string(field * sizeof value),
                std::string(reinterpret_cast<const char*>(&value), sizeof value)});
    }
    void set_meta(const std::string& field, const std::string& value) {
        redis_({"HSET", "webhook:{s:0}:meta", field, value});
    }
    long long undo(const std::string& entry) {
        std::string out;
        appender_.build_undo(0, 1, entry, &out);
        return redis_.raw(out)->integer;
    }
    const Appender& appender() const { return appender_; }

  private:
    RedisServer& redis_;
    Appender appender_;
};

inline const std::string large(70000, 'x');

/// Sends events with the ids `id0`... in transactions of 32; the number of those that were accepted.
inline int add_many(RedisServer& redis, const Appender& appender, int count) {
    constexpr int together = 32;
    int accepted = 0;
    const std::string_view body = "b";
    for (int start = 0; start < count; start += together) {
        std::vector<std::string> ids;
        std::vector<NewEvent> events(together);
        std::vector<Identity> identities;
        std::vector<AppendItem> items(together);
        for (int i = 0; i < together; ++i)
            identities.push_back(identity_of(ids.emplace_back("id" + std::to_string(start + i)), body));
        for (int i = 0; i < together; ++i) {
            events[i].id = ids[i];
            events[i].data = {&body, 1, 1};
            items[i] = {&events[i], partition_of(ids[i], appender.settings().partitions), identities[i]};
        }
        std::stable_sort(items.begin(), items.end(),
                         [](const auto& a, const auto& b) { return a.partition < b.partition; });
        std::string out;
        appender.build(items.data(), together, &out);
        const auto reply = redis.raw(out, Appender::replies(together));
        for (int i = 0; i < together; ++i)
            if (Appender::read(reply.get(), i, together).result == Result::accepted) ++accepted;
    }
    return accepted;
}

class AppendTest : public testing::Test {
  protected:
    RedisServer redis;
    Stream stream{redis};
};

}  // namespace webhook::store
