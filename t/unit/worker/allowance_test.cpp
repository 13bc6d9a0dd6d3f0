// How many attempts to an endpoint may run at once.

#include <gtest/gtest.h>

#include "worker/allowance.hpp"

namespace webhook::worker {
namespace {

TEST(Allowance, DoublesUpToTheConcurrency) {
    Allowance allowance;
    for (const unsigned expected : {1u, 2u, 4u, 8u, 12u, 12u}) {
        EXPECT_EQ(allowance.value(), expected);
        allowance.answered(12);
    }
}

TEST(Allowance, GrowsSlowlyNearWhatWasTooMuch) {
    Allowance allowance;
    for (int i = 0; i < 4; ++i)
        allowance.answered(16);
    EXPECT_EQ(allowance.value(), 16u);
    allowance.refused();
    allowance.refused();
    EXPECT_EQ(allowance.value(), 1u);
    for (const unsigned expected : {2u, 4u, 8u}) {
        allowance.answered(16);
        EXPECT_EQ(allowance.value(), expected);
    }
    for (int i = 0; i < 15; ++i)
        allowance.answered(16);
    EXPECT_EQ(allowance.value(), 8u);
    allowance.answered(16);
    EXPECT_EQ(allowance.value(), 9u);
}

/// A receiver that takes 5 requests in a time gets few more.
TEST(Allowance, SettlesAtALimitedReceiver) {
    Allowance allowance;
    unsigned requests = 0;
    for (int window = 0; window < 40; ++window) {
        unsigned running = 0, taken = 0;
        while (taken < 5) {
            for (; running < allowance.value(); ++requests)
                ++running;
            --running;
            ++taken;
            allowance.answered(16);
        }
        for (; running > 0; --running)
            allowance.refused();
    }
    EXPECT_LE(requests, 300u) << "1.5 for each of 200";
}

}  // namespace
}  // namespace webhook::worker
