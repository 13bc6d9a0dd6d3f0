// Who is taken for dead, and how short memory is.

#include <gtest/gtest.h>

#include "worker/liveness.hpp"
#include "worker/pressure.hpp"

namespace webhook::worker {
namespace {

using namespace std::chrono_literals;

/// An observer whose clock is set by hand; a beat takes 10 ms.
class LivenessTest : public testing::Test {
  protected:
    void beat(std::vector<WorkerMark> workers) {
        liveness.saw(now, now + 10ms, workers);
        now += beat_time;
    }
    void beats(int count, const std::vector<WorkerMark>& workers) {
        for (int i = 0; i < count; ++i)
            beat(workers);
    }

    Liveness liveness;
    SteadyTime now{1000s};
};

TEST_F(LivenessTest, AWorkerThatIsSilentForThreeBeatsIsDead) {
    beats(3, {{"a", "1"}});
    EXPECT_FALSE(liveness.is_dead("a")) << "6 s";
    beat({{"a", "1"}});
    EXPECT_TRUE(liveness.is_dead("a")) << "9 s";
    EXPECT_EQ(liveness.to_forget(), (std::vector<WorkerMark>{{"a", "1"}}));
    beat({{"a", "2"}});
    EXPECT_FALSE(liveness.is_dead("a")) << "it only slept";
    EXPECT_TRUE(liveness.to_forget().empty());
}

TEST_F(LivenessTest, AMarkThatChangesIsASignWhicheverWayItChanges) {
    for (const char* mark : {"100", "3600100", "200", "199", "201"})
        beats(3, {{"a", mark}});
    EXPECT_FALSE(liveness.is_dead("a")) << "a clock that jumps makes nobody dead";
}

TEST_F(LivenessTest, WhileRedisIsAwayNobodyIsSilent) {
    beats(2, {{"a", "1"}});
    now += 60s;
    beats(3, {{"a", "1"}});
    EXPECT_FALSE(liveness.is_dead("a")) << "watched anew: it could not give a sign meanwhile";
    beat({{"a", "1"}});
    EXPECT_TRUE(liveness.is_dead("a"));
    now += 60s;
    beat({{"a", "1"}});
    EXPECT_TRUE(liveness.is_dead("a")) << "who is dead stays so";
}

TEST_F(LivenessTest, WhatAnotherWorkerForgotStaysDead) {
    beats(4, {{"a", "1"}});
    ASSERT_TRUE(liveness.is_dead("a"));
    beat({});
    EXPECT_TRUE(liveness.is_dead("a")) << "that its mark went is no sign of life";
    beats(2, {{"b", "1"}});
    beats(2, {});
    EXPECT_TRUE(liveness.is_dead("b")) << "nor does its time begin anew";
    beat({{"b", "2"}});
    EXPECT_FALSE(liveness.is_dead("b"));
}

TEST_F(LivenessTest, AnAnswerThatLayUnreadProvesNothing) {
    beats(2, {{"a", "1"}});
    liveness.saw(now, now + 60s, {{"a", "1"}});  // we slept between question and answer
    EXPECT_FALSE(liveness.is_dead("a"));
}

TEST_F(LivenessTest, AWorkerThatIsNotListedIsWatchedFromTheQuestionOn) {
    beat({});
    EXPECT_FALSE(liveness.is_dead("old"));
    beats(2, {});
    EXPECT_FALSE(liveness.is_dead("old"));
    beat({});
    EXPECT_TRUE(liveness.is_dead("old"));
    EXPECT_TRUE(liveness.to_forget().empty()) << "it has no mark";
    beat({{"old", "5"}});
    EXPECT_FALSE(liveness.is_dead("old"));
    beats(4, {});
    EXPECT_TRUE(liveness.is_dead("old")) << "its mark was removed and it does not come back";
}

TEST(Pressure, BeginsAt85AndEndsBelow80) {
    Pressure pressure;
    SteadyTime now{1000s};
    const auto at = [&](std::uint64_t used, std::uint64_t limit = 10000) {
        pressure.saw({used, limit}, now);
        now += 5s;
        return std::string(pressure.pressed() ? "p" : "") + (pressure.keep_nothing() ? "k" : "") +
               (pressure.is_short() ? "s" : "");
    };
    EXPECT_EQ(at(1000, 0), "") << "no limit";
    EXPECT_EQ(at(8499), "");
    EXPECT_EQ(at(8500), "ps");
    EXPECT_EQ(at(9200), "pks");
    EXPECT_EQ(at(8000), "ps");
    EXPECT_EQ(at(7999), "s") << "said once for the whole time";
    EXPECT_EQ(at(8500), "ps");
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(at(5000), "s");
    EXPECT_EQ(at(5000), "") << "20 s without";
    EXPECT_EQ(at(8499), "");
    EXPECT_EQ(at(9999), "pks");
    EXPECT_EQ(at(9999, 0), "s") << "the limit was taken away";
}

TEST(Pressure, LooksAgainBeforeTheRoomCanBeFull) {
    Pressure pressure;
    pressure.settled(1);
    EXPECT_TRUE(pressure.has_traffic());
    EXPECT_FALSE(pressure.wants_look()) << "nothing is known yet, or there is no limit";
    pressure.saw({6000, 10000}, SteadyTime{});
    EXPECT_FALSE(pressure.has_traffic());
    pressure.settled(1000);
    EXPECT_FALSE(pressure.wants_look());
    pressure.settled(1);
    EXPECT_TRUE(pressure.wants_look());
    pressure.saw({10001, 10000}, SteadyTime{});
    EXPECT_FALSE(pressure.wants_look());
    pressure.settled(1);
    EXPECT_TRUE(pressure.wants_look());
}

TEST(Pressure, ReadsWhatCountsAgainstTheLimit) {
    const auto use = store::memory_use(
        "# "
        "Memory\r\nused_memory:1000\r\nused_memory_rss:9\r\nmaxmemory:5000\r\nmem_not_counted_for_evict:"
        "300\r\n");
    EXPECT_EQ(use.used, 700u);
    EXPECT_EQ(use.limit, 5000u);
    EXPECT_EQ(store::memory_use("").limit, 0u);
    EXPECT_EQ(
        store::key_count("# Keyspace\r\ndb0:keys=12,expires=1,avg_ttl=0\r\ndb10:keys=3,expires=0\r\n", 0),
        "keys=12");
    EXPECT_EQ(
        store::key_count("# Keyspace\r\ndb0:keys=12,expires=1,avg_ttl=0\r\ndb10:keys=3,expires=0\r\n", 10),
        "keys=3");
    EXPECT_EQ(store::key_count("# Keyspace\r\n", 1), "keys=0");
}

}  // namespace
}  // namespace webhook::worker
