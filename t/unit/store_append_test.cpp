#include "store/append.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "redis_server.hpp"
#include "store/append_library.hpp"
#include "store/keys.hpp"
#include "store/netstrings.hpp"
#include "store/resp.hpp"

namespace webhook::store {
namespace {

using test::RedisServer;
using Result = Appender::Result;

struct Outcome {
    Result result;
    std::string stream_id, detail, undo;
};

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

    Outcome add(std::string_view id, std::string_view body) {
        NewEvent event;
        event.id = id;
        event.source = "src";
        event.type = "t";
        event.received_ms = 1;
        event.data = {&body, body.empty() ? 0u : 1u, body.size()};
        const AppendItem item{&event, 0, hash_id("src", id)};
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

const std::string large(70000, 'x');

/// Sends events with the ids `id0`... in transactions of 32; the number of those that were accepted.
int add_many(RedisServer& redis, const Appender& appender, int count) {
    constexpr int together = 32;
    int accepted = 0;
    const std::string_view body = "b";
    for (int start = 0; start < count; start += together) {
        std::vector<std::string> ids;
        std::vector<NewEvent> events(together);
        std::vector<AppendItem> items(together);
        for (int i = 0; i < together; ++i)
            ids.push_back("id" + std::to_string(start + i));
        for (int i = 0; i < together; ++i) {
            events[i].id = ids[i];
            events[i].data = {&body, 1, 1};
            const auto hash = hash_id("src", ids[i]);
            items[i] = {&events[i], partition_of(hash, appender.settings().partitions), hash};
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

TEST_F(AppendTest, SmallAndLargeAreStoredByteForByte) {
    const std::string binary("\0\r\n\xff", 4);
    for (const auto& body : {binary, std::string(), std::string(4096, 'a'), std::string(4097, 'b'), large}) {
        const auto added = stream.add("id" + std::to_string(body.size()), body);
        ASSERT_EQ(added.result, Result::accepted) << added.detail;
        const auto range = redis({"XRANGE", "webhook:{s:0}:events", added.stream_id, added.stream_id});
        ASSERT_EQ(range->elements, 1u);
        const auto* fields = range->element[0]->element[1];
        std::string data = "absent";
        for (std::size_t i = 0; i + 1 < fields->elements; i += 2) {
            if (std::string_view(fields->element[i]->str) == "data") {
                data.assign(fields->element[i + 1]->str, fields->element[i + 1]->len);
            }
        }
        EXPECT_EQ(data, body);
    }
    EXPECT_EQ(stream.intake(Stream::accepted), 5);
}

TEST_F(AppendTest, DuplicateAndConflictAreToldApart) {
    for (const std::string& body : {std::string("small"), large}) {
        const std::string id = "id" + std::to_string(body.size());
        EXPECT_EQ(stream.add(id, body).result, Result::accepted);
        EXPECT_EQ(stream.add(id, body).result, Result::duplicate);
        EXPECT_EQ(stream.add(id, body + "!").result, Result::conflict);
        EXPECT_EQ(stream.add(id, "tiny").result, Result::conflict);
    }
    EXPECT_EQ(stream.entries(), 2);
    EXPECT_EQ(stream.intake(Stream::accepted), 2);
    EXPECT_EQ(redis({"XINFO", "GROUPS", "webhook:{s:0}:events"})->elements, 0u) << "the undo group is gone";
}

TEST_F(AppendTest, BacklogCountsUnroutedEventsAndBytes) {
    Stream few(redis, {"s", 1, 2, 1u << 30, 3600000});
    EXPECT_EQ(few.add("a", "1").result, Result::accepted);
    EXPECT_EQ(few.add("b", large).result, Result::accepted);
    EXPECT_EQ(few.add("c", "1").result, Result::full);
    EXPECT_EQ(few.add("c", large).result, Result::full);
    EXPECT_EQ(few.add("a", "1").result, Result::duplicate)
        << "a copy of a stored event is a success, full or not";
    few.set_meta("routed", "1");
    EXPECT_EQ(few.add("c", large).result, Result::accepted);

    Stream bytes(redis, {"s", 1, 1000, 200000, 3600000});
    EXPECT_EQ(bytes.add("d", large).result, Result::full);
    bytes.set_meta("routed_bytes", "140000");
    EXPECT_EQ(bytes.add("d", large).result, Result::accepted);
    EXPECT_EQ(stream.entries(), 4);
}

TEST_F(AppendTest, OneEventLargerThanTheLimitStillPassesAnEmptyPartition) {
    Stream tiny(redis, {"s", 1, 1000, 100, 3600000});
    EXPECT_EQ(tiny.add("a", large).result, Result::accepted);
    EXPECT_EQ(tiny.add("b", "x").result, Result::full);
}

TEST_F(AppendTest, AnotherNumberOfPartitionsIsRefusedAndNamed) {
    EXPECT_EQ(stream.add("a", "1").result, Result::accepted);
    Stream other(redis, {"s", 4, 1000, 1u << 30, 3600000});
    EXPECT_EQ(other.add("b", "1").result, Result::wrong_partitions);
    EXPECT_EQ(other.add("b", large).result, Result::wrong_partitions);
    EXPECT_EQ(stream.entries(), 1);
    std::string prepare;
    other.appender().build_prepare(0, &prepare);
    const auto reply = redis.raw(prepare);
    const Appender::Prepared prepared = Appender::read_prepare(*reply);
    EXPECT_FALSE(prepared.usable);
    EXPECT_EQ(prepared.other_partitions, 1u);
}

TEST_F(AppendTest, WithoutDedupEverythingIsStored) {
    Stream off(redis, {"s", 1, 3, 1u << 30, 0});
    EXPECT_EQ(off.add("a", "1").result, Result::accepted);
    EXPECT_EQ(off.add("a", "1").result, Result::accepted);
    EXPECT_EQ(off.add("a", large).result, Result::accepted);
    EXPECT_EQ(off.add("a", large).result, Result::full);
    EXPECT_EQ(stream.entries(), 3);
}

TEST_F(AppendTest, TheStepOutlivesTheScriptCacheAndItsLossLeavesAnEntryToUndo) {
    EXPECT_EQ(stream.add("a", "1").result, Result::accepted);
    redis({"SCRIPT", "FLUSH"});
    EXPECT_EQ(stream.add("b", "1").result, Result::accepted);
    redis({"FUNCTION", "FLUSH"});
    const auto lost = stream.add("c", "1");
    EXPECT_EQ(lost.result, Result::broken);
    EXPECT_EQ(stream.entries(), 3);
    EXPECT_EQ(stream.undo(lost.undo), 1);
    EXPECT_EQ(stream.entries(), 2);
    Stream::load(redis);
    Stream::load(redis);
    EXPECT_EQ(stream.add("c", "1").result, Result::accepted);
}

TEST_F(AppendTest, AnEntryThatIsRoutedAlreadyIsNotUndoneButCounted) {
    EXPECT_EQ(stream.add("a", "1").result, Result::accepted);
    redis({"FUNCTION", "FLUSH"});
    const auto lost = stream.add("b", large);
    stream.set_meta("floor", lost.undo);
    EXPECT_EQ(stream.undo(lost.undo), 1);
    EXPECT_EQ(stream.entries(), 2);
    EXPECT_EQ(stream.intake(Stream::accepted), 2);
}

TEST_F(AppendTest, ErrorsInsideTheStepLeaveNothing) {
    redis({"SET", "webhook:{s:0}:events", "not a stream"});
    EXPECT_EQ(stream.add("a", "1").result, Result::refused);
    EXPECT_EQ(stream.add("b", large).result, Result::refused);
    redis({"DEL", "webhook:{s:0}:events"});
    EXPECT_EQ(stream.add("a", "1").result, Result::accepted);
    EXPECT_EQ(stream.add("b", large).result, Result::accepted);

    redis({"CONFIG", "SET", "maxmemory", "1"});
    EXPECT_EQ(stream.add("c", "1").result, Result::refused);
    EXPECT_EQ(stream.add("d", large).result, Result::refused);
    redis({"CONFIG", "SET", "maxmemory", "0"});
    EXPECT_EQ(stream.add("c", "1").result, Result::accepted);
    EXPECT_EQ(stream.add("d", large).result, Result::accepted);
    EXPECT_EQ(stream.intake(Stream::accepted), 4);
}

TEST_F(AppendTest, AnEntryWhoseStepFailedIsTakenBack) {
    redis({"HSET", "webhook:{s:0}:intake", "not", "a string"});
    for (const std::string& body : {std::string("small"), large}) {
        const auto failed = stream.add("a", body);
        EXPECT_EQ(failed.result, Result::refused);
        EXPECT_NE(failed.detail.find("WRONGTYPE"), std::string::npos) << failed.detail;
        EXPECT_EQ(stream.entries(), 0);
    }
    redis({"DEL", "webhook:{s:0}:intake"});
    redis({"SET", "webhook:{s:0}:seen:1", "not a hash"});
    EXPECT_EQ(stream.add("a", large).result, Result::refused);
    redis({"DEL", "webhook:{s:0}:seen:1"});
    EXPECT_EQ(stream.add("a", large).result, Result::accepted) << "what failed is not remembered";
}

TEST_F(AppendTest, EventsOfOneCommandAreJudgedEachOnItsOwn) {
    Stream four(redis, {"s", 4, 1000000, 1u << 30, 3600000});
    redis({"SET", "webhook:{s:2}:intake", "not the state"});
    const std::string ids[] = {"a", "b", "a", "c", "d", "e"};
    const unsigned partitions[] = {0, 0, 0, 1, 2, 3};
    const std::string bodies[] = {"1", "2", "1", "3", "4", "5"};
    std::vector<std::string_view> views(bodies, bodies + 6);
    std::vector<NewEvent> events(6);
    std::vector<AppendItem> items(6);
    for (int i = 0; i < 6; ++i) {
        events[i].id = ids[i];
        events[i].headers = i % 2 != 0 ? "{}" : "";
        events[i].data = {&views[i], 1, views[i].size()};
        items[i] = {&events[i], partitions[i], hash_id("src", ids[i])};
    }
    std::string out;
    four.appender().build(items.data(), items.size(), &out);
    const auto reply = redis.raw(out, Appender::replies(items.size()));
    const Result expected[] = {Result::accepted, Result::accepted, Result::duplicate,
                               Result::accepted, Result::refused,  Result::accepted};
    for (std::size_t i = 0; i < 6; ++i) {
        const auto read = Appender::read(reply.get(), i, 6);
        EXPECT_EQ(read.result, expected[i]) << i << ": " << read.detail;
    }
    EXPECT_EQ(stream.entries(), 2);
    EXPECT_EQ(stream.intake(Stream::accepted), 2);
    EXPECT_EQ(redis({"XLEN", "webhook:{s:1}:events"})->integer, 1);
    EXPECT_EQ(redis({"XLEN", "webhook:{s:2}:events"})->integer, 0);
    EXPECT_EQ(redis({"XLEN", "webhook:{s:3}:events"})->integer, 1);
    EXPECT_EQ(Appender::read(reply.get(), 0, 5).result, Result::broken);
}

TEST_F(AppendTest, GenerationsTurnWithoutAGap) {
    const auto now = [&] { return std::stoll(std::string(redis({"TIME"})->element[0]->str)) * 1000; };
    const auto age = [&](long long ms) { stream.set_intake(Stream::start, static_cast<double>(now() - ms)); };
    EXPECT_EQ(stream.add("old", "1").result, Result::accepted);
    age(3600000 + 60000);  // the generation is over: the next event turns it, the old one is still looked up
    EXPECT_EQ(stream.add("new", "1").result, Result::accepted);
    EXPECT_EQ(stream.intake(Stream::gen), 2);
    EXPECT_EQ(stream.add("old", "1").result, Result::duplicate);
    age(3600000 + 60000);  // two windows later the old one is forgotten, the new one not
    EXPECT_EQ(stream.add("new", "1").result, Result::duplicate);
    EXPECT_EQ(stream.add("old", "1").result, Result::accepted);
    age(10 * 3600000);  // long silence: both are over
    EXPECT_EQ(stream.add("new", "1").result, Result::accepted);
    EXPECT_EQ(stream.add("old", "1").result, Result::accepted);
}

TEST_F(AppendTest, TheClockOfTheServerGoingBackForgetsNothing) {
    EXPECT_EQ(stream.add("a", "1").result, Result::accepted);
    stream.set_intake(Stream::start, 9999999999999);
    EXPECT_EQ(stream.add("a", "1").result, Result::duplicate);
    EXPECT_EQ(stream.add("b", "1").result, Result::accepted);
}

TEST_F(AppendTest, ALongerWindowKeepsWhatIsThereAndAShorterOneWaits) {
    EXPECT_EQ(stream.add("a", "1").result, Result::accepted);
    Stream longer(redis, {"s", 1, 1000, 1u << 30, 4 * 3600000});
    EXPECT_EQ(longer.add("b", "1").result, Result::accepted);
    EXPECT_EQ(stream.intake(Stream::length), 4 * 3600000);
    EXPECT_GT(redis({"PTTL", "webhook:{s:0}:seen:1"})->integer, 7 * 3600000);
    Stream shorter(redis, {"s", 1, 1000, 1u << 30, 60000});
    EXPECT_EQ(shorter.add("a", "1").result, Result::duplicate);
    EXPECT_EQ(shorter.add("c", "1").result, Result::accepted);
    EXPECT_EQ(stream.intake(Stream::length), 4 * 3600000) << "the longer one holds until it has passed";
}

TEST_F(AppendTest, ManyIdsStayFoundWhileBucketsSplit) {
    constexpr int count = 40000;  // more than 4096 buckets of 8
    EXPECT_EQ(add_many(redis, stream.appender(), count), count);
    EXPECT_EQ(add_many(redis, stream.appender(), count), 0);
    EXPECT_EQ(stream.entries(), count);
    const auto buckets = redis({"HLEN", "webhook:{s:0}:seen:1"})->integer;
    EXPECT_GT(buckets, 4096);
    EXPECT_LE(buckets, (count + 7) / 8);
    EXPECT_GT(redis({"PTTL", "webhook:{s:0}:seen:1"})->integer, 0);
}

TEST_F(AppendTest, PrepareMakesStreamAndGroupAndTriesThePermissions) {
    std::string prepare;
    stream.appender().build_prepare(0, &prepare);
    for (int i = 0; i < 2; ++i) {
        const auto prepared = redis.raw(prepare);
        EXPECT_TRUE(Appender::read_prepare(*prepared).usable) << test::text(prepared);
    }
    EXPECT_EQ(redis({"XINFO", "GROUPS", "webhook:{s:0}:events"})->elements, 1u);
    redis({"ACL", "SETUSER", "poor", "on", "nopass", "~webhook:*", "+@all", "-xdel"});
    redis({"AUTH", "poor", "x"});
    const auto reply = redis.raw(prepare);
    ASSERT_EQ(reply->type, REDIS_REPLY_ERROR);
    EXPECT_NE(test::text(reply).find("can't run this command"), std::string_view::npos) << test::text(reply);
}

TEST_F(AppendTest, PrepareTellsTheBacklog) {
    std::string prepare;
    stream.appender().build_prepare(0, &prepare);
    const auto look = [&] { return Appender::read_prepare(*redis.raw(prepare)); };
    EXPECT_EQ(look().backlog, 0u);
    for (const char* id : {"a", "b", "c"})
        EXPECT_EQ(stream.add(id, "1").result, Result::accepted);
    const std::uint64_t bytes = look().backlog_bytes;
    EXPECT_EQ(look().backlog, 3u);
    EXPECT_GT(bytes, 3u);
    redis({"HSET", "webhook:{s:0}:meta", "routed", "2", "routed_bytes", std::to_string(bytes - 7)});
    EXPECT_EQ(look().backlog, 1u);
    EXPECT_EQ(look().backlog_bytes, 7u);
    redis({"HSET", "webhook:{s:0}:meta", "routed", "3"});
    EXPECT_EQ(look().backlog_bytes, 0u);
}

TEST_F(AppendTest, WhatIsNoReplyOfPrepareIsNotTakenForOne) {
    const std::vector<std::vector<std::string>> commands = {
        {"EVAL", "return 1", "0"},   {"EVAL", "return {1, -1}", "0"},   {"EVAL", "return {1, 'a'}", "0"},
        {"EVAL", "return {1}", "0"}, {"EVAL", "return {1, 2, 3}", "0"}, {"PING"},
        {"GET", "nothing"}};
    for (const auto& command : commands) {
        const auto reply = redis(command);
        EXPECT_FALSE(Appender::read_prepare(*reply).usable);
        EXPECT_EQ(Appender::read_prepare(*reply).other_partitions, 0u);
    }
}

/// What a million ids cost is a promise to those who size the server: at most 24 bytes each.
TEST(AppendMemory, AMillionIdsCostAtMost24BytesEach) {
    RedisServer redis;
    constexpr unsigned partitions = 8;
    constexpr int count = 1000000;
    const auto used = [&] {
        const auto info = std::string(test::text(redis({"INFO", "memory"})));
        return std::stoll(info.substr(info.find("used_memory:") + 12));
    };
    Stream::load(redis);
    const auto before = used();
    Appender appender({"s", partitions, 1u << 30, 1ull << 40, 3600000});
    ASSERT_EQ(add_many(redis, appender, count), count);
    for (unsigned p = 0; p < partitions; ++p)
        redis({"DEL", partition_prefix("s", p) + "events"});
    const double each = static_cast<double>(used() - before) / count;
    RecordProperty("bytes_per_id", std::to_string(each));
    std::cout << "bytes per id: " << each << "\n";
    EXPECT_LE(each, 24.0);
    EXPECT_GT(each, 16.0) << "less than the hashes themselves: the measurement is wrong";
}

TEST(Keys, EventsKeysAreTakenApart) {
    std::string stream;
    unsigned partition = 99;
    EXPECT_EQ(partition_prefix("a.b", 3), "webhook:{a.b:3}:");
    EXPECT_TRUE(parse_events_key("webhook:{a.b:3}:events", &stream, &partition));
    EXPECT_EQ(stream, "a.b");
    EXPECT_EQ(partition, 3u);
    for (const char* bad :
         {"webhook:{a.b}:events", "webhook:{:3}:events", "webhook:{a:x}:events", "webhook:{a:3}:meta", "x",
          "webhook:{a:}:events", "webhook:{a b:1}:events", "webhook:{a:01}:events"}) {
        EXPECT_FALSE(parse_events_key(bad, &stream, &partition)) << bad;
    }
    EXPECT_FALSE(valid_stream_name(""));
    EXPECT_FALSE(valid_stream_name(std::string(65, 'a')));
    EXPECT_TRUE(valid_stream_name(std::string(64, 'a')));
}

TEST(Hashes, SourceAndIdCannotBeShiftedIntoEachOther) {
    EXPECT_NE(hash_id("ab", "c"), hash_id("a", "bc"));
    EXPECT_EQ(hash_id("ab", "c"), hash_id("ab", "c"));
    const std::string_view parts[] = {"he", "llo"}, whole = "hello";
    const event::BodyView split{parts, 2, 5}, one{&whole, 1, 5};
    EXPECT_EQ(hash_body(split), hash_body(one));
    EXPECT_EQ(hash_id("s", split), hash_id("s", one));
    std::set<unsigned> seen;
    for (int i = 0; i < 200; ++i)
        seen.insert(partition_of(hash_id("s", std::to_string(i)), 8));
    EXPECT_EQ(seen.size(), 8u);
}

TEST(Netstrings, RoundTripAndRefusal) {
    std::string all;
    append_netstring("", &all);
    append_netstring(std::string("a\0,b", 4), &all);
    std::string_view rest = all, value;
    ASSERT_TRUE(take_netstring(&rest, &value));
    EXPECT_EQ(value, "");
    ASSERT_TRUE(take_netstring(&rest, &value));
    EXPECT_EQ(value.size(), 4u);
    EXPECT_TRUE(rest.empty());
    for (std::string_view bad :
         {"", "3:ab", "3:abc", "x:abc,", "-1:,", "99999999999999999999:a,", "18446744073709551615:a,"}) {
        rest = bad;
        EXPECT_FALSE(take_netstring(&rest, &value)) << bad;
    }
}

}  // namespace
}  // namespace webhook::store
