
#include <gtest/gtest.h>

#include "endpoint/units.hpp"

namespace webhook::endpoint {
namespace {

using namespace std::chrono_literals;

TEST(EndpointUnits, ReadsWhatItPrints) {
    for (const char* text : {"250ms", "15s", "5m", "2h", "7d", "0s", "1500ms"})
        EXPECT_EQ(format_time(*parse_time(text)), text);
    for (const char* text :
         {"", "5", "s", "-5s", "5 s", "5x", "1.5s", "99999999999999999999s", "9223372036854775807d"}) {
        EXPECT_FALSE(parse_time(text)) << text;
    }
    for (const char* text : {"512", "64k", "256m", "1g", "0"})
        EXPECT_EQ(format_size(*parse_size(text)), text);
    EXPECT_EQ(parse_size("2G"), 2ull << 30);
    for (const char* text : {"", "k", "-1", "1t", "99999999999g"})
        EXPECT_FALSE(parse_size(text)) << text;
}

}  // namespace
}  // namespace webhook::endpoint
