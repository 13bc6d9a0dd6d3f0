// What a new connection asks of each partition.

#include "store/rights.hpp"
#include "t/unit/store/append_support.hpp"

namespace webhook::store {
namespace {

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
    EXPECT_TRUE(is_missing_right(test::text(reply))) << test::text(reply);
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

TEST_F(AppendTest, ALookReadsTheSameAndWritesNothing) {
    std::string prepare, look;
    stream.appender().build_prepare(0, &prepare);
    stream.appender().build_look(0, &look);
    const auto changes = [&] {
        const std::string info(test::text(redis({"INFO", "persistence"})));
        return info.substr(info.find("rdb_changes_since_last_save"), 45);
    };
    redis.raw(prepare);
    stream.add("a", "1");
    stream.add("b", "1");
    const auto prepared = Appender::read_prepare(*redis.raw(prepare));
    const std::string before = changes();
    const auto seen = Appender::read_prepare(*redis.raw(look));
    EXPECT_EQ(changes(), before);
    EXPECT_TRUE(seen.usable);
    EXPECT_EQ(seen.backlog, 2u);
    EXPECT_EQ(seen.backlog, prepared.backlog);
    EXPECT_EQ(seen.backlog_bytes, prepared.backlog_bytes);
    redis({"HSET", "webhook:{s:0}:meta", "partitions", "3"});
    EXPECT_EQ(Appender::read_prepare(*redis.raw(look)).other_partitions, 3u);
    redis({"FLUSHALL"});
    const auto lost = Appender::read_prepare(*redis.raw(look));
    EXPECT_TRUE(lost.usable) << "the next event makes it anew";
    EXPECT_EQ(lost.backlog, 0u);
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

}  // namespace
}  // namespace webhook::store
