// Keys, ids, addresses, hashes and netstrings: what needs no Redis.

#include <gtest/gtest.h>

#include <set>

#include "store/entry_id.hpp"
#include "store/keys.hpp"
#include "store/netstrings.hpp"
#include "store/redis_address.hpp"

namespace webhook::store {
namespace {

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

TEST(EntryIds, ParseOrderAndStep) {
    EntryId a;
    EntryId b;
    ASSERT_TRUE(EntryId::parse("1700000000000-9", &a));
    ASSERT_TRUE(EntryId::parse("1700000000000-10", &b));
    EXPECT_LT(a, b);
    EXPECT_LT((EntryId{9, 10}), (EntryId{10, 2}));
    EXPECT_EQ(a.next(), b);
    EXPECT_EQ(b.text(), "1700000000000-10");
    EXPECT_EQ((EntryId{5, UINT64_MAX}.next()), (EntryId{6, 0}));
    for (const char* bad : {"", "5", "5-", "-5", "5-x", "x-5", "5-5-5", "9-1x", "18446744073709551616-0"})
        EXPECT_FALSE(EntryId::parse(bad, &a)) << bad;
}

TEST(RedisAddress, TakesEveryForm) {
    std::string error;
    const auto full = parse_redis_url("redis://us%40er:p%3Aw@[::1]:7000/3", &error);
    ASSERT_TRUE(full) << error;
    EXPECT_EQ(full->host, "::1");
    EXPECT_EQ(full->port, 7000u);
    EXPECT_EQ(full->database, 3u);
    EXPECT_EQ(full->user, "us@er");
    EXPECT_EQ(full->password, "p:w");
    EXPECT_EQ(full->text(), "redis://[::1]:7000/3") << "no password in messages";
    const auto plain = parse_redis_url("redis://bob@h", &error);
    ASSERT_TRUE(plain) << error;
    EXPECT_EQ(plain->text(), "redis://h:6379");
    EXPECT_EQ(plain->user, "bob");
    const auto socket = parse_redis_url("unix:/run/my redis.sock:2", &error);
    ASSERT_TRUE(socket) << error;
    EXPECT_EQ(socket->path, "/run/my redis.sock");
    EXPECT_EQ(socket->database, 2u);
    EXPECT_EQ(socket->text(), "unix:/run/my redis.sock:2");
}

TEST(RedisAddress, RefusesTheRest) {
    std::string error;
    for (const char* bad :
         {"", "host:6379", "http://h", "redis://", "redis://h:0", "redis://h:", "redis://h:x",
          "redis://h:70000", "redis://h/x", "redis://[::1", "redis://[::1]7", "unix:", "unix:relative",
          "unix:/p:x", "rediss://h", "redis-cluster://h", "redis-sentinel://h/n"}) {
        EXPECT_FALSE(parse_redis_url(bad, &error)) << bad;
        EXPECT_FALSE(error.empty()) << bad;
    }
}

TEST(RedisAddress, PathsOfSocketsHave107BytesAtMost) {
    std::string error;
    EXPECT_TRUE(parse_redis_url("unix:/" + std::string(106, 'x') + ":3", &error)) << error;
    EXPECT_FALSE(parse_redis_url("unix:/" + std::string(107, 'x'), &error));
    EXPECT_NE(error.find("107 bytes"), std::string::npos) << error;
}

TEST(RedisAddress, AnotherUserIsTheSamePlace) {
    std::string error;
    const auto place = parse_redis_url("redis://a:b@h:7/2", &error);
    EXPECT_TRUE(place->same_place(*parse_redis_url("redis://h:7/2", &error)));
    EXPECT_FALSE(*place == *parse_redis_url("redis://h:7/2", &error));
    for (const char* other : {"redis://a:b@i:7/2", "redis://a:b@h:8/2", "redis://a:b@h:7/3", "unix:/h:2"})
        EXPECT_FALSE(place->same_place(*parse_redis_url(other, &error))) << other;
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
