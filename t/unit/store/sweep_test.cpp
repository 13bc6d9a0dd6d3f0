#include "store/sweep.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <map>

#include "store/entry_id.hpp"
#include "store/operator.hpp"
#include "store/waiting.hpp"
#include "t/unit/store/partition_support.hpp"

namespace webhook::store {
namespace {

class Sweep : public OnePartition {};

TEST_F(Sweep, SweepKeepsToRetentionAndNeverPassesTheFloor) {
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

TEST_F(Sweep, SweepSaysWhenTimeWantsTheNextOne) {
    EXPECT_EQ(run(sweep(owner, Keep{}))->element[0]->integer, -1) << "nothing is there";
    wait_one(1h);
    EXPECT_NEAR(static_cast<double>(run(sweep(owner, Keep{}))->element[0]->integer), 3600000, 5000);
    wait_one(1h);
    EXPECT_NEAR(static_cast<double>(run(sweep(owner, Keep{}))->element[0]->integer), 3600000 / 64, 5000)
        << "the youngest event has no mark yet";
    run(end_waiting(owner, "e", {"expired", 10}));
    Keep keep;
    keep.dead_age = 10s;
    EXPECT_NEAR(static_cast<double>(run(sweep(owner, keep))->element[0]->integer), 10000, 5000);
}

TEST_F(Sweep, SweepUnderPressureFreesSliceAfterSliceAndThenTheLog) {
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

TEST_F(Sweep, RegisteredGroupsHoldWhatTheyHaveNotAcknowledged) {
    Keep none;
    none.events_age = 0ms;
    none.events_bytes = 0;
    EXPECT_EQ(run(add_group("s", 0, "wh", "0"))->integer, 1);
    EXPECT_EQ(run(add_group("s", 0, "wh", "0"))->integer, 0) << "registered already";
    EXPECT_EQ(meta("acked"), 0);
    std::vector<std::string> entries;
    for (int i = 0; i < 3; ++i) {
        entries.push_back(wait_one(1h));
        usleep(2000);
        run(sweep(owner, none));
    }
    EXPECT_EQ(count("XLEN", "events"), 3) << "nothing was read";
    EXPECT_EQ(meta("acked"), 0);
    redis({"XREADGROUP", "GROUP", "wh", "c", "STREAMS", key("events"), ">"});
    run(sweep(owner, none));
    EXPECT_EQ(count("XLEN", "events"), 3) << "read is not acknowledged";
    redis({"XACK", key("events"), "wh", entries[0], entries[1]});
    run(sweep(owner, none));
    EXPECT_EQ(count("XLEN", "events"), 1) << "up to the oldest that is not acknowledged";
    EXPECT_EQ(meta("acked"), 2);
    EXPECT_EQ(meta("acked_bytes"), 8);
    redis({"XACK", key("events"), "wh", entries[2]});
    run(sweep(owner, none));
    EXPECT_EQ(count("XLEN", "events"), 0);
    EXPECT_EQ(meta("acked"), 3);
    EXPECT_EQ(count("XLEN", "events") + meta("trimmed") - meta("routed"), 0) << "unrouted";
}

TEST_F(Sweep, ALostGroupHoldsAllAndARemovedOneNothing) {
    Keep none;
    none.events_age = 0ms;
    none.events_bytes = 0;
    EXPECT_EQ(run(add_group("s", 0, "wh", "$"))->integer, 1);
    EXPECT_EQ(run(add_group("s", 0, "other", "$"))->integer, 1);
    redis({"XGROUP", "DESTROY", key("events"), "wh"});
    wait_one(1h);
    usleep(2000);
    run(sweep(owner, none));
    EXPECT_EQ(count("XLEN", "events"), 1);
    EXPECT_EQ(run(remove_group("s", 0, "wh", false))->integer, 1);
    EXPECT_EQ(run(remove_group("s", 0, "wh", false))->integer, 0);
    EXPECT_EQ(redis({"HEXISTS", key("meta"), "acked"})->integer, 1) << "another is registered";
    EXPECT_EQ(run(remove_group("s", 0, "other", true))->integer, 1);
    EXPECT_EQ(redis({"HEXISTS", key("meta"), "acked"})->integer, 0);
    run(sweep(owner, none));
    EXPECT_EQ(count("XLEN", "events"), 0);
}

TEST_F(Sweep, ASettlingStepLeavesTrimmingToTheSweepWhereGroupsAreRegistered) {
    EXPECT_EQ(run(add_group("s", 0, "wh", "$"))->integer, 1);
    const std::string entry = add();
    SettleStep step = routing(entry, 0, 0);
    EntryId id;
    ASSERT_TRUE(EntryId::parse(entry, &id));
    step.routed.trim_before = id.next().text();
    EXPECT_EQ(done(step), 1);
    EXPECT_EQ(count("XLEN", "events"), 1);
}

TEST_F(Sweep, StaleMarksDoNotTurnTheAccountBack) {
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

TEST_F(Sweep, DeadContentIsBoundedAndCountersStay) {
    for (int i = 0; i < 4; ++i)
        wait_one(1h);
    EXPECT_EQ(run(end_waiting(owner, "e", {"expired", 10}))->element[0]->integer, 0);
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

}  // namespace
}  // namespace webhook::store
