#include <gtest/gtest.h>

#include "ctl/time.hpp"

namespace webhook::ctl {
namespace {

TEST(Time, Formats) {
    EXPECT_EQ(format_span(200), "0.2s");
    EXPECT_EQ(format_span(45000), "45s");
    EXPECT_EQ(format_span(300000), "5m");
    EXPECT_EQ(format_span(9000000), "2h30m");
    EXPECT_EQ(format_span(-300000), "-5m");
    EXPECT_EQ(format_bytes(512), "512");
    EXPECT_EQ(format_bytes(1536), "1.5k");
}

TEST(Time, ReadsClocks) {
    EXPECT_EQ(parse_clock("1760000000"), 1760000000000);
    EXPECT_EQ(parse_clock("1760000000.5"), 1760000000500);
    EXPECT_EQ(parse_clock("2025-10-09T08:53:20Z"), 1760000000000);
    for (const char* bad :
         {"", "x", "1760000000x", "-1", "1760000000123", "2025-10-09", "2025-10-09T08:53:20Zx"}) {
        EXPECT_FALSE(parse_clock(bad)) << bad;
    }
}

}  // namespace
}  // namespace webhook::ctl
