#include <gtest/gtest.h>

#include "ctl/recent_ids.hpp"

namespace webhook::ctl {
namespace {

TEST(RecentIds, ForgetsTheOldest) {
    RecentIds ids(2);
    EXPECT_TRUE(ids.insert("a"));
    EXPECT_FALSE(ids.insert("a"));
    EXPECT_TRUE(ids.insert("b"));
    EXPECT_FALSE(ids.insert("a"));
    EXPECT_TRUE(ids.insert("c"));
    EXPECT_TRUE(ids.insert("d"));
    EXPECT_TRUE(ids.insert("a"));
}

}  // namespace
}  // namespace webhook::ctl
