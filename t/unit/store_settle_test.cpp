#include "store/settle.hpp"

#include <gtest/gtest.h>

#include <ctime>

#include "redis_server.hpp"
#include "store/configuration.hpp"
#include "store/lease.hpp"
#include "store/sweep.hpp"
#include "store/waiting.hpp"

namespace webhook::store {
namespace {

using namespace std::chrono_literals;
using test::RedisServer;

/// One partition on a real server, with an owner that has acquired it.
class StoreSettle : public testing::Test {
  protected:
    StoreSettle() {
        owner = new_owner("w1:1");
        EXPECT_EQ(run(acquire(owner))->element[0]->integer, 1);
    }

    static Ownership new_owner(std::string token, std::string epoch = "e1") {
        return {"webhook:{s:0}:", std::move(token), std::move(epoch), 1};
    }
    test::Reply run(const Call& call) {
        std::string text;
        call.append_to(true, &text);
        return redis.raw(text);
    }
    long long done(const SettleStep& step) { return run(step.call())->integer; }

    std::string add() {
        return std::string(test::text(redis({"XADD", "webhook:{s:0}:events", "*", "data", "body"})));
    }
    static std::string key(const std::string& name) { return "webhook:{s:0}:" + name; }
    long long meta(const std::string& field) {
        const auto value = redis({"HGET", key("meta"), field});
        return value->str == nullptr ? 0 : std::atoll(value->str);
    }
    std::string floor() { return std::string(test::text(redis({"HGET", key("meta"), "floor"}))); }
    long long count(const std::string& command, const std::string& name) {
        return redis({command, key(name)})->integer;
    }
    long long waiting(const std::string& endpoint) { return count("ZCARD", "waiting:" + endpoint); }
    long long accounted(const std::string& endpoint) {
        return meta("delivered") + waiting(endpoint) + meta("dead") + meta("cancelled");
    }

    /// A step that routes one event to `e`.
    SettleStep routing(const std::string& entry, unsigned created, unsigned delivered) {
        SettleStep step(owner);
        step.routed = {floor(), entry, "", 1, 4, created, delivered};
        return step;
    }
    /// Routes a new event; its delivery waits for `delay`.
    std::string wait_one(milliseconds delay, WaitingLimit limit = {100, 1000}, std::uint64_t bytes = 4) {
        const std::string entry = add();
        SettleStep step = routing(entry, 1, 0);
        step.content(entry, "4:body,");
        const std::string id = entry + "/e";
        const std::string record = R"({"endpoint":"e","bytes":)" + std::to_string(bytes);
        step.new_waiting({id, "e", entry, bytes, record}, delay, limit);
        EXPECT_EQ(done(step), 1);
        return entry;
    }

    RedisServer redis;
    Ownership owner;
};

TEST_F(StoreSettle, LeaseIsHeldByOneAndFencedByTokenAndEpoch) {
    const Ownership other = new_owner("w2:1");
    const auto refused = run(acquire(other));
    EXPECT_EQ(refused->element[0]->integer, 0);
    EXPECT_GT(refused->element[1]->integer, 0);
    const std::string entry = add();
    redis({"DEL", key("owner")});
    EXPECT_EQ(run(renew(owner))->integer, 1) << "nobody else has acquired: a short stall costs nothing";
    redis({"DEL", key("owner")});
    EXPECT_EQ(run(acquire(other))->element[0]->integer, 1);

    EXPECT_EQ(run(renew(owner))->integer, 0);
    EXPECT_EQ(run(release(owner))->integer, 0);
    EXPECT_EQ(done(routing(entry, 1, 1)), 0);
    EXPECT_EQ(run(claim(owner, "e", 1, 100, 1s))->type, REDIS_REPLY_NIL);
    EXPECT_EQ(run(end_waiting(owner, "e", "", 10))->integer, -1);
    EXPECT_EQ(run(sweep(owner, Keep{}))->integer, -1);
    const Ownership old_epoch = new_owner("w2:1", "e0");
    EXPECT_EQ(run(renew(old_epoch))->integer, 0);
    EXPECT_EQ(run(sweep(old_epoch, Keep{}))->integer, -1);
    EXPECT_EQ(meta("routed"), 0);
    EXPECT_EQ(floor(), "0-0");
    EXPECT_EQ(run(release(other))->integer, 1);
    EXPECT_EQ(run(acquire(owner))->element[0]->integer, 1) << "released: free at once";
}

TEST_F(StoreSettle, AClockSetBackLeavesNobodyAliveForLonger) {
    const std::string workers = "webhook:{config}:workers";
    const std::string tomorrow = std::to_string((std::time(nullptr) + 86400) * 1000);
    redis({"ZADD", workers, tomorrow, "dead"});
    redis({"HSET", "webhook:{config}:streams", "dead", "s"});
    EXPECT_EQ(run(heartbeat("w1", ""))->elements, 4u);
    EXPECT_LE(std::atoll(redis({"ZSCORE", workers, "dead"})->str), (std::time(nullptr) + 1) * 1000);
    redis({"ZADD", workers, "1", "dead"});  // and then it is silent
    EXPECT_EQ(run(heartbeat("w1", ""))->elements, 2u);
    EXPECT_EQ(redis({"EXISTS", "webhook:{config}:streams"})->integer, 0);

    const auto next = new_owner("w2:1");
    redis({"SET", key("owner"), owner.token, "PX", "86400000"});
    EXPECT_EQ(run(acquire(next))->element[0]->integer, 1) << "no lease lasts for a day";
}

TEST_F(StoreSettle, GroupMadeByHandGivesTheFloorAndLosesItsPending) {
    redis({"FLUSHALL"});
    std::vector<std::string> entries;
    for (int i = 0; i < 4; ++i)
        entries.push_back(add());
    redis({"XGROUP", "CREATE", key("events"), "deliver", "0"});
    redis({"XREADGROUP", "GROUP", "deliver", "c", "COUNT", "3", "STREAMS", key("events"), ">"});
    redis({"XACK", key("events"), "deliver", entries[0]});
    EXPECT_EQ(run(acquire(owner))->element[0]->integer, 1);
    EXPECT_EQ(meta("routed"), 1) << "everything below the oldest pending entry";
    EXPECT_GE(floor(), entries[0]);
    EXPECT_LT(floor(), entries[1]);
    EXPECT_EQ(redis({"XPENDING", key("events"), "deliver"})->element[0]->integer, 0);
}

TEST_F(StoreSettle, LostGroupIsMadeAgainAtTheFloor) {
    const std::string first = wait_one(1h);
    redis({"XGROUP", "DESTROY", key("events"), "deliver"});
    const std::string second = wait_one(1h);
    const auto groups = redis({"XINFO", "GROUPS", key("events")});
    ASSERT_EQ(groups->elements, 1u);
    redis({"XGROUP", "DESTROY", key("events"), "deliver"});
    EXPECT_EQ(run(release(owner))->integer, 1);
    const Ownership next = new_owner("w2:1");
    const auto taken = run(acquire(next));
    EXPECT_STREQ(taken->element[1]->str, second.c_str()) << "a takeover goes on where the last owner stopped";
    EXPECT_EQ(redis({"XINFO", "GROUPS", key("events")})->elements, 1u);
    EXPECT_EQ(meta("routed"), 2);
}

TEST_F(StoreSettle, RepeatedStepCountsOnce) {
    const std::string entry = add();
    const SettleStep step = routing(entry, 3, 3);
    EXPECT_EQ(done(step), 1);
    EXPECT_EQ(done(step), 1) << "its reply was lost";
    EXPECT_EQ(meta("routed"), 1);
    EXPECT_EQ(meta("delivered"), 3);
    SettleStep gap = routing(add(), 1, 1);
    gap.routed.from = "1-1";
    EXPECT_EQ(done(gap), 0) << "not from where the floor stands";
    EXPECT_EQ(meta("routed"), 1);
}

TEST_F(StoreSettle, EveryOutcomeIsCountedOnceAndLeavesNothing) {
    std::vector<std::string> entries;
    for (int i = 0; i < 4; ++i)
        entries.push_back(wait_one(0ms));
    EXPECT_EQ(waiting("e"), 4);
    for (int round = 0; round < 2; ++round) {
        SettleStep step(owner);
        std::vector<std::string> ids;
        for (const auto& entry : entries)
            ids.push_back(entry + "/e");
        const auto delivery = [&](int i) {
            return DeliveryEntry{ids[i], "e", entries[i], 4, R"({"endpoint":"e","bytes":4)"};
        };
        step.delivered(delivery(0));
        step.dead(delivery(1), "exhausted");
        step.cancelled(delivery(2));
        step.retry(delivery(3), 1h);
        EXPECT_EQ(done(step), 1);
        EXPECT_EQ(meta("delivered"), 1);
        EXPECT_EQ(meta("dead"), 1);
        EXPECT_EQ(meta("cancelled"), 1);
        EXPECT_EQ(waiting("e"), 1);
        EXPECT_EQ(accounted("e"), meta("created"));
    }
    EXPECT_EQ(count("HLEN", "content"), 2) << "of the dead and the waiting one";
    EXPECT_EQ(test::text(redis({"HGET", key("waiting_bytes"), "e"})), "4");
    EXPECT_EQ(run(end_waiting(owner, "e", "disabled", 10))->integer, 0);
    EXPECT_EQ(meta("dead"), 2);
    EXPECT_EQ(accounted("e"), meta("created"));
    EXPECT_EQ(count("ZCARD", "due"), 0);
    EXPECT_EQ(count("HLEN", "waiting_bytes"), 0);
}

TEST_F(StoreSettle, OverflowByCountAndByBytesIsDead) {
    wait_one(1h, {2, 1000});
    wait_one(1h, {2, 1000});
    const std::string third = wait_one(1h, {2, 1000});
    wait_one(1h, {100, 10});
    EXPECT_EQ(waiting("e"), 2);
    EXPECT_EQ(meta("dead"), 2);
    EXPECT_EQ(accounted("e"), meta("created"));
    const auto record = redis({"HGET", key("delivery"), third + "/e"});
    EXPECT_NE(test::text(record).find(R"("reason":"overflow")"), std::string::npos);
}

TEST_F(StoreSettle, ClaimTakesWhatIsDueOnceAndStaysInItsBounds) {
    for (int i = 0; i < 3; ++i)
        wait_one(0ms);
    wait_one(1h);
    EXPECT_EQ(run(due_endpoints(owner, 0, 10))->elements, 1u);
    EXPECT_EQ(run(claim(owner, "e", 2, 1000, 1h))->elements, 6u) << "by count";
    EXPECT_EQ(run(claim(owner, "e", 5, 1, 1h))->elements, 3u) << "one, however large";
    EXPECT_EQ(run(claim(owner, "e", 5, 1000, 1h))->elements, 0u) << "all are leased";
    EXPECT_EQ(run(due_endpoints(owner, 0, 10))->elements, 0u);
    wait_one(0ms);
    EXPECT_EQ(run(claim(owner, "e", 5, 1000, 1ms))->elements, 3u);
    usleep(2000);
    EXPECT_EQ(run(claim(owner, "e", 5, 1000, 1h))->elements, 3u) << "the lease has ended";
    EXPECT_EQ(waiting("e"), 5);
}

TEST_F(StoreSettle, SweepKeepsToRetentionAndNeverPassesTheFloor) {
    Keep none;
    none.events_age = 0ms;
    none.events_bytes = 0;
    for (int i = 0; i < 3; ++i)
        wait_one(1h);
    add();
    run(sweep(owner, Keep{}));
    EXPECT_EQ(count("XLEN", "events"), 4) << "younger and less than the limits";
    usleep(2000);
    while (run(sweep(owner, none))->integer == 1) {
    }
    EXPECT_EQ(count("XLEN", "events"), 1) << "what is not settled stays";
    EXPECT_EQ(meta("trimmed"), 3);
    EXPECT_EQ(count("XLEN", "events") + meta("trimmed") - meta("routed"), 1) << "unrouted";
    EXPECT_EQ(count("HLEN", "content"), 3) << "what waits outlives the stream";
}

TEST_F(StoreSettle, DeadContentIsBoundedAndCountersStay) {
    for (int i = 0; i < 4; ++i)
        wait_one(1h);
    EXPECT_EQ(run(end_waiting(owner, "e", "disabled", 10))->integer, 0);
    EXPECT_EQ(meta("dead_bytes"), 16);
    Keep keep;
    keep.dead_bytes = 8;
    run(sweep(owner, keep));
    EXPECT_EQ(count("ZCARD", "dead"), 2);
    EXPECT_EQ(count("HLEN", "content"), 2);
    EXPECT_EQ(count("HLEN", "refs"), 2);
    keep.dead_age = 0ms;
    run(sweep(owner, keep));
    EXPECT_EQ(count("ZCARD", "dead"), 0);
    EXPECT_EQ(count("HLEN", "content") + count("HLEN", "delivery") + count("HLEN", "refs"), 0);
    EXPECT_EQ(meta("dead"), 4) << "counters never fall";
    EXPECT_EQ(accounted("e"), meta("created"));
}

TEST_F(StoreSettle, WorksWhenRedisIsOutOfMemory) {
    wait_one(0ms);
    redis({"CONFIG", "SET", "maxmemory", "1"});
    EXPECT_EQ(redis({"SET", "x", "y"})->type, REDIS_REPLY_ERROR);
    EXPECT_EQ(run(renew(owner))->integer, 1);
    EXPECT_EQ(run(claim(owner, "e", 1, 100, 1h))->elements, 3u);
    EXPECT_EQ(run(end_waiting(owner, "e", "", 10))->integer, 0);
    EXPECT_EQ(run(sweep(owner, Keep{}))->type, REDIS_REPLY_INTEGER);
    EXPECT_EQ(meta("cancelled"), 1);
}

}  // namespace
}  // namespace webhook::store
