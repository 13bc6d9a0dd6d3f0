#include "base/time.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <ctime>

namespace webhook::base {
namespace {

using Parse = bool (*)(std::string_view, std::int64_t*);

/// -1: refused.
std::int64_t read(Parse parse, std::string_view text) {
    std::int64_t ms = 0;
    return parse(text, &ms) ? ms : -1;
}

TEST(Time, ReadsRfc3339) {
    EXPECT_EQ(read(parse_rfc3339, "2025-10-09T08:53:20Z"), 1760000000000);
    EXPECT_EQ(read(parse_rfc3339, "2025-10-09t08:53:20.1239z"), 1760000000123);
    EXPECT_EQ(read(parse_rfc3339, "2025-10-09 10:53:20.5+02:00"), 1760000000500);
    EXPECT_EQ(read(parse_rfc3339, "2025-10-09T03:23:20-0530"), 1760000000000);
    EXPECT_EQ(read(parse_rfc3339, "2025-10-09T08:53:20"), 1760000000000) << "no zone: UTC";
    EXPECT_EQ(read(parse_rfc3339, "2016-12-31T23:59:60Z"), 1483228800000) << "a leap second";
    EXPECT_EQ(read(parse_rfc3339, "0001-01-01T00:00:00Z"), -62135596800000);
    EXPECT_EQ(read(parse_rfc3339, "9999-12-31T23:59:59Z"), 253402300799000);
}

TEST(Time, RefusesWhatIsNoTime) {
    for (const char* bad :
         {"", "2025-10-09", "2025-10-09T08:53Z", "2025-10-09T08:53:20Zx", "2025-1-09T08:53:20Z",
          "2025-13-09T08:53:20Z", "2025-00-09T08:53:20Z", "2025-10-00T08:53:20Z", "2025-10-32T08:53:20Z",
          "2025-10-09T24:00:00Z", "2025-10-09T08:60:20Z", "2025-10-09T08:53:61Z", "2025-10-09T08:53:20.Z",
          "2025-10-09T08:53:20.1234567890Z", "2025-10-09T08:53:20+24:00", "2025-10-09T08:53:20+2",
          "-025-10-09T08:53:20Z", "0000-01-01T00:00:00Z"})
        EXPECT_EQ(read(parse_rfc3339, bad), -1) << bad;
}

TEST(Time, KnowsTheDaysOfEachMonth) {
    EXPECT_EQ(read(parse_rfc3339, "2024-02-29T00:00:00Z"), 1709164800000);
    EXPECT_EQ(read(parse_rfc3339, "2000-02-29T00:00:00Z"), 951782400000);
    for (const char* bad :
         {"2023-02-29", "1900-02-29", "2024-02-30", "2024-04-31", "2024-06-31", "2024-09-31"})
        EXPECT_EQ(read(parse_rfc3339, std::string(bad) + "T00:00:00Z"), -1) << bad;
}

TEST(Time, WritesRfc3339) {
    EXPECT_EQ(format_rfc3339(1760000000999), "2025-10-09T08:53:20Z");
    EXPECT_EQ(format_rfc3339_ms(1760000000007), "2025-10-09T08:53:20.007Z");
    EXPECT_EQ(format_rfc3339_ms(1760000000123), "2025-10-09T08:53:20.123Z");
    EXPECT_EQ(format_rfc3339_ms(0), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(format_rfc3339_ms(-1), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(format_rfc3339_ms(-62135596800000), "0001-01-01T00:00:00.000Z");
    EXPECT_EQ(format_rfc3339_ms(253402300799999), "9999-12-31T23:59:59.999Z");
    EXPECT_EQ(format_rfc3339_ms(INT64_MAX).size(), rfc3339_ms_size) << "a year beyond 9999";
    EXPECT_EQ(format_rfc3339_ms(INT64_MIN).size(), rfc3339_ms_size);
}

TEST(Time, ReadsWhatItWrote) {
    for (std::int64_t ms = -62135596800000; ms < 253402300800000; ms += 86400000LL * 37 + 12345678) {
        ASSERT_EQ(read(parse_rfc3339, format_rfc3339_ms(ms)), ms);
        ASSERT_EQ(read(parse_http_date, format_http_date(ms)), ms / 1000 * 1000 - (ms % 1000 < 0 ? 1000 : 0));
    }
}

TEST(Time, ReadsTheThreeFormsOfHttpDates) {
    for (const char* text :
         {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
        EXPECT_EQ(read(parse_http_date, text), 784111777000) << text;
    EXPECT_EQ(read(parse_http_date, "Thursday, 09-Oct-69 08:53:20 GMT"), 3148534400000) << "2069";
    for (const char* bad : {"", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37", "06 Nov 1994",
                            "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 06 Nov 1994 08:49:37 GMTx"})
        EXPECT_EQ(read(parse_http_date, bad), -1) << bad;
}

TEST(Time, DoesNotDependOnTheZone) {
    const char* const before = std::getenv("TZ");
    const std::string zone = before == nullptr ? "" : before;
    ::setenv("TZ", "America/St_Johns", 1);
    ::tzset();
    EXPECT_EQ(format_rfc3339(1760000000000), "2025-10-09T08:53:20Z");
    EXPECT_EQ(read(parse_rfc3339, "2025-10-09T08:53:20Z"), 1760000000000);
    before == nullptr ? ::unsetenv("TZ") : ::setenv("TZ", zone.c_str(), 1);
    ::tzset();
}

TEST(Time, NowIsTheClockOfTheSystem) {
    const std::int64_t before = static_cast<std::int64_t>(std::time(nullptr)) * 1000;
    const std::int64_t now = now_ms();
    EXPECT_GE(now, before);
    EXPECT_LE(now, (static_cast<std::int64_t>(std::time(nullptr)) + 1) * 1000);
}

}  // namespace
}  // namespace webhook::base
