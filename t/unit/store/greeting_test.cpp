#include "store/greeting.hpp"

#include <gtest/gtest.h>

namespace webhook::store {
namespace {

TEST(Greeting, LogsInAndThenSelects) {
    const std::vector<Words> none;
    EXPECT_EQ(greeting("", "", 0), none);
    EXPECT_EQ(greeting("", "pass", 0), (std::vector<Words>{{"AUTH", "pass"}}));
    EXPECT_EQ(greeting("user", "", 0), (std::vector<Words>{{"AUTH", "user", ""}})) << "not the default user";
    EXPECT_EQ(greeting("user", "pass", 3), (std::vector<Words>{{"AUTH", "user", "pass"}, {"SELECT", "3"}}));
}

TEST(Greeting, WordsMayHoldAnyByte) {
    std::string out;
    resp_words({"AUTH", std::string("a\r\n\0b", 5)}, &out);
    EXPECT_EQ(out, std::string("*2\r\n$4\r\nAUTH\r\n$5\r\na\r\n\0b\r\n", 25));
}

TEST(Greeting, JudgesTheServer) {
    EXPECT_EQ(judge_info(true, "NOPERM no"), "INFO: NOPERM no");
    EXPECT_NE(judge_info(false, "redis_version:6.2.0\r\nrole:master\r\n"), "");
    EXPECT_EQ(judge_info(false,
                         "redis_version:7.0.15\r\nrole:master\r\nloading:0\r\n"
                         "maxmemory_policy:noeviction\r\n"),
              "");
}

}  // namespace
}  // namespace webhook::store
