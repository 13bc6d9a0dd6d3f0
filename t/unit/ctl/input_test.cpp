#include <gtest/gtest.h>

#include "ctl/failure.hpp"
#include "ctl/input.hpp"

namespace webhook::ctl {
namespace {

TEST(Input, HeadersAndAssignments) {
    EXPECT_EQ(parse_header("X-A:  b c "), (std::pair<std::string, std::string>("X-A", "b c")));
    EXPECT_EQ(parse_header("X-A:"), (std::pair<std::string, std::string>("X-A", "")));
    EXPECT_THROW(parse_header("X-A"), Failure);
    EXPECT_THROW(parse_header(": b"), Failure);
    EXPECT_THROW(parse_header("X-A: b\r\nX-B: c"), Failure);
    EXPECT_EQ(parse_assignment("a=b=c"), (std::pair<std::string, std::string>("a", "b=c")));
    EXPECT_THROW(parse_assignment("=b"), Failure);
}

TEST(Input, Secrets) {
    EXPECT_EQ(read_secret("literal"), "literal");
    EXPECT_THROW(read_secret(""), Failure);
    EXPECT_THROW(read_secret("file:/does/not/exist"), Failure);
    EXPECT_THROW(read_secret("env:WEBHOOK_TEST_NOT_SET"), Failure);
    setenv("WEBHOOK_TEST_SECRET", "x", 1);
    EXPECT_EQ(read_secret("env:WEBHOOK_TEST_SECRET"), "x");
}

}  // namespace
}  // namespace webhook::ctl
