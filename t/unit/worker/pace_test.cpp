// When requests to an endpoint with a rate may begin.

#include <gtest/gtest.h>

#include "worker/pace.hpp"

namespace webhook::worker {
namespace {

using namespace std::chrono_literals;

const SteadyTime start = SteadyTime() + 1h;

TEST(Pace, SlotsAreUsedAtTheirTimes) {
    Pace pace;
    EXPECT_FALSE(pace.take(start));
    EXPECT_EQ(pace.next(start), SteadyTime::max());
    EXPECT_EQ(pace.last(), SteadyTime::min());
    pace.grant(start, start + 10ms, 20ms, 3);
    EXPECT_EQ(pace.left(start), 3u);
    EXPECT_EQ(pace.next(start), start + 10ms);
    EXPECT_EQ(pace.last(), start + 50ms);
    EXPECT_FALSE(pace.take(start + 9ms));
    EXPECT_TRUE(pace.take(start + 10ms));
    EXPECT_FALSE(pace.take(start + 11ms));
    EXPECT_TRUE(pace.take(start + 55ms));
    EXPECT_TRUE(pace.take(start + 55ms));
    EXPECT_FALSE(pace.take(start + 55ms));
}

TEST(Pace, SlotsLapse) {
    Pace pace;
    pace.grant(start, start, 10ms, 100);  // up to 990 ms
    EXPECT_EQ(pace.left(start + 90ms), 100u);
    EXPECT_EQ(pace.left(start + 95ms), 99u);
    EXPECT_EQ(pace.left(start + 500ms), 59u) << "those up to 400 ms have lapsed";
    EXPECT_TRUE(pace.take(start + 500ms));
    EXPECT_EQ(pace.left(start + 2s), 0u);
    EXPECT_FALSE(pace.take(start + 2s));
}

TEST(Pace, SlotsOfABurstCountFromTheirLease) {
    Pace pace;
    pace.grant(start, start - 10s, 1s, 11);
    int used = 0;
    while (pace.take(start + 50ms))
        ++used;
    EXPECT_EQ(used, 11);
    pace.grant(start, start - 10s, 1s, 11);
    EXPECT_FALSE(pace.take(start + 2s));
}

TEST(Pace, ASlowRateLeavesHalfAnIntervalOfTime) {
    Pace pace;
    pace.grant(start, start, 1min, 1);
    EXPECT_TRUE(pace.take(start + 29s));
    pace.grant(start, start, 1min, 1);
    EXPECT_FALSE(pace.take(start + 31s));
}

TEST(Pace, AHighRateIsExact) {
    Pace pace;
    const auto interval = std::chrono::nanoseconds(1s) / 30000;
    int used = 0;
    for (auto now = start; now < start + 10s; now += 1ms) {
        if (pace.last() < now + 50ms) {
            const auto first = pace.last() == SteadyTime::min() ? now : pace.last() + interval;
            pace.grant(now, first, interval, 3000);
        }
        while (pace.take(now))
            ++used;
    }
    EXPECT_NEAR(used, 300000, 40);
}

}  // namespace
}  // namespace webhook::worker
