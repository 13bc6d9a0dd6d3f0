#include "store/settle.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <map>

#include "store/admin.hpp"
#include "store/configuration.hpp"
#include "store/entry_id.hpp"
#include "store/lease.hpp"
#include "store/sweep.hpp"
#include "store/waiting.hpp"
#include "t/unit/support/redis_server.hpp"

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

TEST_F(StoreSettle, PartitionIsHeldByOneAndFencedByTokenAndEpoch) {
    const Ownership other = new_owner("w2:1");
    const auto refused = run(acquire(other));
    EXPECT_EQ(refused->element[0]->integer, 0);
    EXPECT_EQ(std::string_view(refused->element[1]->str), owner.token) << "who holds it";
    EXPECT_EQ(worker_of(owner.token), "w1");
    EXPECT_EQ(test::text(run(is_owned(owner))), floor());
    const std::string entry = add();
    EXPECT_EQ(run(acquire(other, owner.token))->element[0]->integer, 1) << "the holder is believed dead";
    EXPECT_EQ(run(acquire(new_owner("w3:1"), owner.token))->element[0]->integer, 0)
        << "of two that believe so the first one wins";

    EXPECT_EQ(test::text(run(is_owned(owner))), "");
    EXPECT_EQ(run(release(owner))->integer, 0);
    EXPECT_EQ(done(routing(entry, 1, 1)), 0);
    EXPECT_EQ(run(claim(owner, "e", 1, 100, 1s))->type, REDIS_REPLY_NIL);
    EXPECT_EQ(run(end_waiting(owner, "e", "", 10))->integer, -1);
    EXPECT_EQ(run(sweep(owner, Keep{}))->type, REDIS_REPLY_NIL);
    EXPECT_EQ(run(due_endpoints(owner, 0, 10))->type, REDIS_REPLY_NIL);
    const Ownership old_epoch = new_owner("w2:1", "e0");
    EXPECT_EQ(test::text(run(is_owned(old_epoch))), "");
    EXPECT_EQ(run(sweep(old_epoch, Keep{}))->type, REDIS_REPLY_NIL);
    EXPECT_EQ(meta("routed"), 0);
    EXPECT_EQ(floor(), "0-0");
    EXPECT_EQ(run(release(other))->integer, 1);
    EXPECT_EQ(run(acquire(owner, "w9:1"))->element[0]->integer, 1) << "released: free at once, for anybody";
}

TEST_F(StoreSettle, MarksOfWorkersAlwaysChange) {
    const std::string workers = "webhook:{config}:workers";
    const std::string tomorrow = std::to_string((std::time(nullptr) + 86400) * 1000);
    const auto mark_of = [this](const char* worker) {
        return std::string(test::text(redis({"ZSCORE", "webhook:{config}:workers", worker})));
    };
    redis({"ZADD", workers, tomorrow, "w1"});  // before the clock was set back
    EXPECT_EQ(run(heartbeat("w1", ""))->elements, 3u);
    EXPECT_EQ(std::stoll(mark_of("w1")), std::stoll(tomorrow) + 1);
    run(heartbeat("w1", ""));
    EXPECT_EQ(std::stoll(mark_of("w1")), std::stoll(tomorrow) + 2);
}

TEST_F(StoreSettle, DeadWorkersAreForgottenUnlessTheyGaveASign) {
    run(heartbeat("w2", "s t"));
    const std::string mark(test::text(redis({"ZSCORE", "webhook:{config}:workers", "w2"})));
    auto reply = run(heartbeat("w1", "", {{"w2", "1"}}));
    ASSERT_EQ(reply->elements, 6u) << "its mark is another one by now";
    std::map<std::string, std::string> streams;
    for (std::size_t i = 0; i < 6; i += 3)
        streams[reply->element[i]->str] = reply->element[i + 2]->str;
    EXPECT_EQ(streams["w2"], "s t");
    EXPECT_EQ(streams["w1"], "");
    reply = run(heartbeat("w1", "", {{"w2", mark}}));
    EXPECT_EQ(reply->elements, 3u);
    EXPECT_EQ(redis({"EXISTS", "webhook:{config}:streams"})->integer, 0);
}

TEST_F(StoreSettle, WorkersThatComeAndGoWakeTheOthers) {
    const auto wake = [this] {
        const auto versions = redis.raw(read_versions());
        return std::string(test::text(test::Reply(redis({"HGET", "webhook:{config}:meta", "wake"}))));
    };
    const std::string before = wake();
    run(heartbeat("w1", ""));
    const std::string come = wake();
    EXPECT_NE(come, before);
    run(heartbeat("w1", ""));
    EXPECT_EQ(wake(), come) << "it was there already";
    run(heartbeat("w1", "/"));
    const std::string other = wake();
    EXPECT_NE(other, come) << "it serves something else";
    run(heartbeat("w1", "/"));
    EXPECT_EQ(wake(), other);
    EXPECT_EQ(run(leave("w1"))->integer, 1);
    const std::string gone = wake();
    EXPECT_NE(gone, other);
    EXPECT_EQ(run(leave("w1"))->integer, 0);
    EXPECT_EQ(wake(), gone);
    run(wake_workers());
    EXPECT_NE(wake(), gone);
}

TEST_F(StoreSettle, NothingIsWrittenWhileNothingHappens) {
    wait_one(1h);
    run(sweep(owner, Keep{}));
    const auto writes = [this] {
        const std::string info(test::text(redis({"INFO", "persistence"})));
        return info.substr(info.find("rdb_changes_since_last_save"), 45);
    };
    const std::string before = writes();
    run(is_owned(owner));
    run(due_endpoints(owner, 0, 10));
    EXPECT_GT(run(sweep(owner, Keep{}))->element[0]->integer, 0) << "when the event is old enough";
    redis.raw(read_versions());
    EXPECT_EQ(writes(), before);
    run(heartbeat("w1", ""));
    EXPECT_NE(writes(), before);
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
    const auto due = run(due_endpoints(owner, 0, 10));
    ASSERT_EQ(due->elements, 2u);
    EXPECT_EQ(due->element[0]->integer, -1) << "nothing else waits than for this endpoint";
    EXPECT_STREQ(due->element[1]->str, "e");
    EXPECT_EQ(run(claim(owner, "e", 2, 1000, 1h))->elements, 6u) << "by count";
    EXPECT_EQ(run(claim(owner, "e", 5, 1, 1h))->elements, 3u) << "one, however large";
    EXPECT_EQ(run(claim(owner, "e", 5, 1000, 1h))->elements, 0u) << "all are leased";
    const auto later = run(due_endpoints(owner, 0, 10));
    ASSERT_EQ(later->elements, 1u);
    EXPECT_GT(later->element[0]->integer, 3500000);
    EXPECT_LE(later->element[0]->integer, 3600000) << "the first lease ends then";
    wait_one(0ms);
    EXPECT_EQ(run(claim(owner, "e", 5, 1000, 1ms))->elements, 3u);
    usleep(2000);
    EXPECT_EQ(run(claim(owner, "e", 5, 1000, 1h))->elements, 3u) << "the lease has ended";
    EXPECT_EQ(waiting("e"), 5);
}

TEST_F(StoreSettle, DueEndpointsComeInPagesAndSayWhatComesNext) {
    const std::string now = std::to_string(std::time(nullptr) * 1000);
    redis({"ZADD", key("due"), "1", "a", "2", "b", "3", "c", now + "0", "later"});
    const auto page = [this](unsigned offset, unsigned size) {
        const auto reply = run(due_endpoints(owner, offset, size));
        std::string text = std::to_string(std::min<long long>(reply->element[0]->integer, 9));
        for (std::size_t i = 1; i < reply->elements; ++i)
            text.append(" ").append(reply->element[i]->str);
        return text;
    };
    EXPECT_EQ(page(0, 2), "0 a b") << "more are due";
    EXPECT_EQ(page(2, 2), "9 c");
    EXPECT_EQ(page(0, 3), "9 a b c") << "a full page with nothing due behind it";
    EXPECT_EQ(page(9, 2), "-1");
    redis({"DEL", key("due")});
    EXPECT_EQ(page(0, 2), "-1");
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
    while (run(sweep(owner, none))->element[0]->integer == 0) {
    }
    EXPECT_EQ(count("XLEN", "events"), 1) << "what is not settled stays";
    EXPECT_EQ(meta("trimmed"), 3);
    EXPECT_EQ(count("XLEN", "events") + meta("trimmed") - meta("routed"), 1) << "unrouted";
    EXPECT_EQ(count("HLEN", "content"), 3) << "what waits outlives the stream";
}

TEST_F(StoreSettle, SweepSaysWhenTimeWantsTheNextOne) {
    EXPECT_EQ(run(sweep(owner, Keep{}))->element[0]->integer, -1) << "nothing is there";
    wait_one(1h);
    EXPECT_NEAR(static_cast<double>(run(sweep(owner, Keep{}))->element[0]->integer), 3600000, 5000);
    wait_one(1h);
    EXPECT_NEAR(static_cast<double>(run(sweep(owner, Keep{}))->element[0]->integer), 3600000 / 64, 5000)
        << "the youngest event has no mark yet";
    run(end_waiting(owner, "e", "disabled", 10));
    Keep keep;
    keep.dead_age = 10s;
    EXPECT_NEAR(static_cast<double>(run(sweep(owner, keep))->element[0]->integer), 10000, 5000);
}

TEST_F(StoreSettle, SweepUnderPressureFreesSliceAfterSliceAndThenTheLog) {
    Keep keep;
    for (int i = 0; i < 3; ++i) {
        wait_one(1h);
        redis({"DEL", key("marks")});
        keep.events_bytes = 1;  // so that each event has a mark of its own
        redis({"RPUSH", key("marks"), floor() + " " + std::to_string(4 * (i + 1)) + " 1"});
    }
    redis({"DEL", key("marks")});
    const std::string unsettled = add();
    SettleStep attempt(owner);
    attempt.attempt(R"({"status":200})");
    EXPECT_EQ(done(attempt), 1);
    keep = Keep{};
    keep.pressed = true;
    auto reply = run(sweep(owner, keep));
    EXPECT_EQ(reply->element[0]->integer, 0) << "there may be more";
    EXPECT_EQ(reply->element[1]->integer, 1);
    EXPECT_EQ(count("XLEN", "events"), 1) << "whatever its age; what is not settled stays";
    EXPECT_EQ(meta("trimmed"), 3);
    EXPECT_EQ(meta("trimmed_bytes"), meta("routed_bytes"));
    EXPECT_EQ(count("XLEN", "attempts:1"), 1);
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(run(sweep(owner, keep))->element[1]->integer, 1) << "the log, generation by generation";
    EXPECT_EQ(redis({"EXISTS", key("attempts:1"), key("attempts:0")})->integer, 0);
    reply = run(sweep(owner, keep));
    EXPECT_EQ(reply->element[1]->integer, 0) << "nothing is left to give";
    EXPECT_EQ(count("HLEN", "content"), 3) << "what waits stays";
}

TEST_F(StoreSettle, StaleMarksDoNotTurnTheAccountBack) {
    wait_one(1h);
    run(sweep(owner, Keep{}));  // a mark
    const std::string entry = add();
    SettleStep step = routing(entry, 0, 0);
    EntryId id;
    ASSERT_TRUE(EntryId::parse(entry, &id));
    step.routed.trim_before = id.next().text();  // nothing is kept
    EXPECT_EQ(done(step), 1);
    const auto trimmed = meta("trimmed_bytes");
    Keep keep;
    keep.pressed = true;
    run(sweep(owner, keep));
    EXPECT_EQ(meta("trimmed_bytes"), trimmed);
    EXPECT_EQ(count("LLEN", "marks"), 0);
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
    EXPECT_EQ(test::text(run(is_owned(owner))), floor());
    EXPECT_EQ(run(heartbeat("w1", "s"))->elements, 3u);
    EXPECT_EQ(run(acquire(new_owner("w2:1"), owner.token))->element[0]->integer, 1);
    owner = new_owner("w2:1");
    EXPECT_EQ(run(claim(owner, "e", 1, 100, 1h))->elements, 3u);
    EXPECT_EQ(run(end_waiting(owner, "e", "", 10))->integer, 0);
    EXPECT_EQ(run(sweep(owner, Keep{}))->type, REDIS_REPLY_ARRAY);
    ConfigurationChange change;
    change.new_epoch = "e1";
    change.set = {{"e", "{}"}};
    EXPECT_EQ(run(change_configuration(change))->integer, 1) << "apply";
    change.seen_epoch = "e1";
    change.seen_version = "1";
    change.set.clear();
    change.remove = {"e"};
    EXPECT_EQ(run(change_configuration(change))->integer, 2) << "delete";
    EXPECT_EQ(run(disable_endpoint("e1", "e", "x"))->integer, 0);
    EXPECT_EQ(run(leave("w1"))->integer, 1);
    EXPECT_EQ(meta("cancelled"), 1);
}

}  // namespace
}  // namespace webhook::store
