// Names of keys, ids of entries, netstrings.

#include <gtest/gtest.h>

#include <set>

#include "store/entry_id.hpp"
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
