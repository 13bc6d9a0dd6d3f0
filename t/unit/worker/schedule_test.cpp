#include <gtest/gtest.h>

#include "worker/schedule.hpp"
#include "worker/send/response_parser.hpp"

namespace webhook::worker {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

endpoint::Document document_with(std::vector<milliseconds> schedule, double jitter) {
    endpoint::Document document;
    document.schedule = std::move(schedule);
    document.jitter = jitter;
    return document;
}

Attempt failed() {
    Attempt attempt;
    attempt.result = Attempt::Result::failed;
    return attempt;
}

TEST(WorkerSchedule, DelaysInOrderThenExhausted) {
    const auto document = document_with({1s, 5s}, 0);
    std::minstd_rand random(1);
    EXPECT_EQ(decide(failed(), 0, document, &random).delay, 1s);
    EXPECT_EQ(decide(failed(), 1, document, &random).delay, 5s);
    const auto last = decide(failed(), 2, document, &random);
    EXPECT_EQ(last.kind, Decision::Kind::dead);
    EXPECT_STREQ(last.reason, "exhausted");
}

TEST(WorkerSchedule, JitterStaysInItsRange) {
    const auto document = document_with({10s}, 0.2);
    std::minstd_rand random(7);
    milliseconds low = 1h;
    milliseconds high = 0ms;
    for (int i = 0; i < 1000; ++i) {
        const auto delay = decide(failed(), 0, document, &random).delay;
        low = std::min(low, delay);
        high = std::max(high, delay);
    }
    EXPECT_GE(low, 8s);
    EXPECT_LE(high, 12s);
    EXPECT_GT(high - low, 2s);
}

TEST(WorkerSchedule, RetryAfterMakesLongerNeverShorter) {
    const auto document = document_with({10s}, 0);
    std::minstd_rand random(1);
    Attempt attempt = failed();
    attempt.retry_after = 60s;
    EXPECT_EQ(decide(attempt, 0, document, &random).delay, 60s);
    attempt.retry_after = 1s;
    EXPECT_EQ(decide(attempt, 0, document, &random).delay, 10s);
}

TEST(WorkerSchedule, RetryAfterAsDate) {
    const std::int64_t now = 784111777000;  // Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now), 60s);
    EXPECT_EQ(parse_retry_after("Sunday, 06-Nov-94 08:50:37 GMT", now), 60s);
    EXPECT_EQ(parse_retry_after("Sun Nov  6 08:50:37 1994", now), 60s);
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), 0s) << "past";
    EXPECT_EQ(parse_retry_after("Wed, 09 Nov 1994 08:49:37 GMT", now), 24h) << "too far";
    EXPECT_EQ(parse_retry_after("tomorrow", now), std::nullopt);
}

TEST(WorkerSchedule, GoneAbortedAndNotReady) {
    const auto document = document_with({1s}, 0);
    std::minstd_rand random(1);
    Attempt attempt;
    attempt.result = Attempt::Result::gone;
    EXPECT_STREQ(decide(attempt, 0, document, &random).reason, "disabled");
    attempt.result = Attempt::Result::aborted;
    EXPECT_STREQ(decide(attempt, 0, document, &random).reason, "aborted");
    attempt.result = Attempt::Result::not_ready;
    const auto later = decide(attempt, 9, document, &random);
    EXPECT_EQ(later.kind, Decision::Kind::retry);
    EXPECT_FALSE(later.counts);
}

}  // namespace
}  // namespace webhook::worker
