// Keys, hashes and netstrings: what needs no Redis.

#include <gtest/gtest.h>

#include <set>

#include "store/id_hash.hpp"
#include "store/keys.hpp"
#include "store/netstrings.hpp"

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
