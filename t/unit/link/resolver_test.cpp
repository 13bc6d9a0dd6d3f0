// How long an answer for a name is used, and in which order addresses are tried.

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <mutex>

#include "link/address_order.hpp"
#include "link/resolver.hpp"

namespace webhook::link {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

Addresses addresses(const std::vector<const char*>& texts) {
    Addresses list;
    for (const char* text : texts)
        list.push_back(asio::ip::make_address(text));
    return list;
}

/// A name server and a clock of the test's own.
class DnsTest : public testing::Test {
  protected:
    void answer(const char* address) {
        const std::lock_guard lock(mutex);
        next = {std::make_shared<const Addresses>(addresses({address})), {}, false};
    }
    void fail(bool no_answer) {
        const std::lock_guard lock(mutex);
        next = {nullptr, no_answer ? "no server" : "no such name", no_answer};
    }
    /// Also after all work has run out.
    void run_for(std::chrono::milliseconds time) {
        io.restart();
        io.run_one_for(time);
    }
    /// What an attempt would connect to now.
    std::string use() {
        std::string text;
        bool done = false;
        AttemptDeadline flight(*deadlines, Clock::now() + 60s);
        asio::co_spawn(
            io,
            [&]() -> asio::awaitable<void> {
                const Resolver::Answer found = co_await dns.resolve("a.example", flight);
                text = found.addresses ? found.addresses->front().to_string() : found.error;
                done = true;
            },
            asio::detached);
        while (!done)
            run_for(1s);
        return text;
    }
    /// Lets look-ups in the background end.
    void settle(int look_ups) {
        const auto limit = Clock::now() + 60s;
        while (ended < look_ups && Clock::now() < limit)
            run_for(10ms);
        for (int i = 0; i < 20; ++i)
            run_for(10ms);
        EXPECT_EQ(ended, look_ups);
    }

    asio::io_context io{1};
    std::mutex mutex;
    Resolver::Answer next;
    std::atomic<int> ended{0};
    Clock::time_point now = Clock::now();
    std::shared_ptr<Deadlines> deadlines = std::make_shared<Deadlines>(io.get_executor());
    Resolver dns{io.get_executor(),
                 [this](const std::string&) {
                     const std::lock_guard lock(mutex);
                     ++ended;
                     return next;
                 },
                 [this] { return now; }};
};

TEST_F(DnsTest, AChangedAnswerIsFollowedWithinThirtySeconds) {
    answer("192.0.2.1");
    EXPECT_EQ(use(), "192.0.2.1");
    answer("192.0.2.2");
    now += 9s;
    EXPECT_EQ(use(), "192.0.2.1");
    EXPECT_EQ(ended, 1) << "not asked again yet";
    now += 2s;
    use();
    settle(2);
    EXPECT_EQ(use(), "192.0.2.2") << "the new answer is used as soon as it is there";
}

TEST_F(DnsTest, AnOldAnswerIsNotUsedOnceTheNameIsAskedAgain) {
    answer("192.0.2.1");
    EXPECT_EQ(use(), "192.0.2.1");
    answer("192.0.2.2");
    now += 10min;
    EXPECT_EQ(dns.ready("a.example"), nullptr);
    EXPECT_EQ(use(), "192.0.2.2");
}

TEST_F(DnsTest, TheLastAnswerServesWhileTheNameServerIsAway) {
    answer("192.0.2.1");
    EXPECT_EQ(use(), "192.0.2.1");
    fail(true);
    for (int i = 1; i <= 9; ++i) {
        now += 30s;
        EXPECT_EQ(use(), "192.0.2.1") << i;
        settle(1 + i);
    }
    now += 40s;
    EXPECT_EQ(use(), "no server") << "after five minutes it is too old";
    answer("192.0.2.3");
    now += 3s;
    EXPECT_EQ(use(), "192.0.2.3");
}

TEST_F(DnsTest, ANameThatIsGoneIsGone) {
    answer("192.0.2.1");
    EXPECT_EQ(use(), "192.0.2.1");
    fail(false);
    now += 30s;
    EXPECT_EQ(use(), "no such name");
    EXPECT_EQ(use(), "no such name");
    EXPECT_EQ(ended, 2) << "not asked again at once";
}

TEST_F(DnsTest, DoubtAsksAgain) {
    answer("192.0.2.1");
    EXPECT_EQ(use(), "192.0.2.1");
    answer("192.0.2.2");
    dns.doubt("a.example");
    EXPECT_EQ(use(), "192.0.2.2");
}

TEST(AddressOrder, FamiliesTakeTurns) {
    const FailedAddresses none;
    EXPECT_EQ(
        in_order(addresses({"2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2", "192.0.2.3"}), none, {}),
        addresses({"2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "192.0.2.3"}));
    EXPECT_EQ(in_order(addresses({"192.0.2.1", "192.0.2.2", "2001:db8::1"}), none, {}),
              addresses({"192.0.2.1", "2001:db8::1", "192.0.2.2"}));
}

TEST(AddressOrder, WhatFailedComesLastForAMinute) {
    FailedAddresses failed;
    const auto now = Clock::now();
    const Addresses list = addresses({"192.0.2.1", "192.0.2.2"});
    failed.add(list[0], now);
    EXPECT_EQ(in_order(list, failed, now + 59s), addresses({"192.0.2.2", "192.0.2.1"}));
    EXPECT_EQ(in_order(list, failed, now + 60s), list);
    failed.add(list[0], now);
    failed.remove(list[0]);
    EXPECT_EQ(in_order(list, failed, now), list);
    for (unsigned i = 0; i < 3 * FailedAddresses::most; ++i)
        failed.add(asio::ip::address_v4(i), now);
    EXPECT_LE(failed.size(), FailedAddresses::most);
}

}  // namespace
}  // namespace webhook::link
