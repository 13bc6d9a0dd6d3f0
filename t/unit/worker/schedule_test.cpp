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

Attempt answered(int status) {
    Attempt attempt = failed();
    attempt.status = status;
    return attempt;
}

TEST(WorkerSchedule, DelaysInOrderThenExhausted) {
    const auto document = document_with({1s, 5s}, 0);
    std::minstd_rand random(1);
    EXPECT_EQ(decide(failed(), {0}, document, &random).delay, 1s);
    EXPECT_EQ(decide(failed(), {1}, document, &random).delay, 5s);
    EXPECT_EQ(decide(failed(), {1, 0, 2s}, document, &random).delay, 2s)
        << "due at the latest when it expires";
    const auto last = decide(failed(), {2}, document, &random);
    EXPECT_EQ(last.kind, Decision::Kind::dead);
    EXPECT_STREQ(last.reason, "exhausted");
}

TEST(WorkerSchedule, JitterStaysInItsRange) {
    const auto document = document_with({10s}, 0.2);
    std::minstd_rand random(7);
    milliseconds low = 1h;
    milliseconds high = 0ms;
    for (int i = 0; i < 1000; ++i) {
        const auto delay = decide(failed(), {}, document, &random).delay;
        low = std::min(low, delay);
        high = std::max(high, delay);
    }
    EXPECT_GE(low, 8s);
    EXPECT_LE(high, 12s);
    EXPECT_GT(high - low, 2s);
}

TEST(WorkerSchedule, ARefusalSpendsNoAttempt) {
    auto document = document_with({10s}, 0);
    document.max_hold = 30min;
    std::minstd_rand random(1);
    Attempt attempt = answered(429);
    attempt.retry_after = 60s;
    const auto refused = decide(attempt, {5}, document, &random);
    EXPECT_EQ(refused.delay, 60s);
    EXPECT_TRUE(refused.made && refused.refused);
    EXPECT_FALSE(refused.spends);
    attempt.retry_after = 1s;
    EXPECT_EQ(decide(attempt, {}, document, &random).delay, 1s);
    attempt.retry_after = 2h;
    EXPECT_EQ(decide(attempt, {}, document, &random).delay, 30min) << "max_hold";
    EXPECT_EQ(decide(attempt, {0, 0, 5s}, document, &random).delay, 5s) << "max_age";
    const auto too_often = decide(attempt, {0, free_refusals}, document, &random);
    EXPECT_EQ(too_often.delay, 10s);
    EXPECT_TRUE(too_often.spends);
    EXPECT_EQ(decide(attempt, {1, free_refusals}, document, &random).kind, Decision::Kind::dead);
}

TEST(WorkerSchedule, PermanentAndGone) {
    auto document = document_with({1s}, 0);
    std::minstd_rand random(1);
    EXPECT_EQ(decide(answered(404), {}, document, &random).kind, Decision::Kind::retry);
    document.order = true;
    EXPECT_STREQ(decide(answered(404), {}, document, &random).reason, "permanent");
    document.permanent = {404, 429};
    Attempt busy = answered(429);
    busy.retry_after = 1s;
    EXPECT_STREQ(decide(busy, {}, document, &random).reason, "permanent");
    EXPECT_EQ(decide(answered(410), {}, document, &random).kind, Decision::Kind::retry);
    document.url = "http://h/?q={{id}}";
    EXPECT_EQ(decide(answered(410), {}, document, &random).kind, Decision::Kind::retry)
        << "braces, no template";
    document.url = "http://h/{id}";
    EXPECT_STREQ(decide(answered(410), {}, document, &random).reason, "gone");
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

TEST(WorkerSchedule, AbortedAndNotReady) {
    const auto document = document_with({1s}, 0);
    std::minstd_rand random(1);
    Attempt attempt;
    attempt.result = Attempt::Result::aborted;
    EXPECT_STREQ(decide(attempt, {}, document, &random).reason, "aborted");
    attempt.result = Attempt::Result::not_ready;
    const auto later = decide(attempt, {9}, document, &random);
    EXPECT_EQ(later.kind, Decision::Kind::retry);
    EXPECT_FALSE(later.made || later.spends);
}

}  // namespace
}  // namespace webhook::worker
