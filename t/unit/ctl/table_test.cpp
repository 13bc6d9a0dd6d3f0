#include <gtest/gtest.h>

#include "ctl/table.hpp"

namespace webhook::ctl {
namespace {

TEST(Table, Aligns) {
    Table table({{"NAME"}, {"N", true}, {"TEXT", false, 6}});
    table.add({"é", "7", "abcdefgh"});
    table.add({"long", "1234", ""});
    EXPECT_EQ(table.text(),
              "NAME     N  TEXT\n"
              "é        7  abc...\n"
              "long  1234  -\n");
}

}  // namespace
}  // namespace webhook::ctl
