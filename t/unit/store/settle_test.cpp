#include "store/settle.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <map>

#include "store/admin.hpp"
#include "store/configuration.hpp"
#include "store/entry_id.hpp"
#include "store/parking.hpp"
#include "store/sweep.hpp"
#include "store/waiting.hpp"
#include "t/unit/store/partition_support.hpp"

namespace webhook::store {
namespace {

class StoreSettle : public OnePartition {};

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

TEST_F(StoreSettle, ParkedEventsAreUnroutedUntilTheyLeaveTheirListInOrder) {
    const std::string first = add(), second = add();
    SettleStep parking(owner);
    parking.routed = {floor(), second, "", 0, 0, 0, 0};
    for (const std::string& entry : {first, second}) {
        parking.content(entry, "4:body,");
        parking.park("shop", entry, 4);
    }
    for (int round = 0; round < 2; ++round)
        EXPECT_EQ(done(parking), 1);
    EXPECT_EQ(meta("routed"), 0);
    EXPECT_EQ(meta("parked"), 2);
    EXPECT_EQ(meta("parked_bytes"), 8);
    EXPECT_EQ(floor(), second);
    const auto left = run(read_parked(owner, "shop", first, 10, 1000));
    ASSERT_EQ(left->elements, 2u);
    EXPECT_EQ(std::string(left->element[0]->str), second);

    const auto unparking = [this](const std::string& entry) {
        SettleStep step(owner);
        step.routed = {"", "", "", 1, 4, 2, 1};
        const std::string id = entry + "/e";
        step.new_waiting({id, "e", entry, 4, R"({"endpoint":"e","bytes":4)"}, 1h, {100, 1000});
        step.unpark("shop", entry, 4);
        return step;
    };
    EXPECT_EQ(done(unparking(second)), 0) << "an older one is there: Redis lost the step that took it";
    for (int round = 0; round < 2; ++round)
        EXPECT_EQ(done(unparking(first)), 1) << "its reply may be lost";
    EXPECT_EQ(meta("routed"), 1);
    EXPECT_EQ(meta("created"), 2);
    EXPECT_EQ(meta("delivered"), 1);
    EXPECT_EQ(waiting("e"), 1);
    for (int round = 0; round < 2; ++round)
        EXPECT_EQ(done(unparking(second)), 1);
    EXPECT_EQ(meta("routed"), 2);
    EXPECT_EQ(meta("parked"), 0);
    EXPECT_EQ(meta("parked_bytes"), 0);
    EXPECT_EQ(count("HLEN", "parked"), 0);
    EXPECT_EQ(count("HLEN", "content"), 2) << "the waiting deliveries need it";
    run(end_waiting(owner, "e", {}));
    EXPECT_EQ(count("HLEN", "content"), 0);
    owner = new_owner("w1:1", "other");
    EXPECT_EQ(run(read_parked(owner, "shop", "", 10, 1000))->type, REDIS_REPLY_NIL);
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
    EXPECT_EQ(run(end_waiting(owner, "e", {"expired", 10}))->element[0]->integer, 0);
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

TEST_F(StoreSettle, WorksWhenRedisIsOutOfMemory) {
    wait_one(0ms);
    redis({"CONFIG", "SET", "maxmemory", "1"});
    EXPECT_EQ(redis({"SET", "x", "y"})->type, REDIS_REPLY_ERROR);
    EXPECT_EQ(test::text(run(is_owned(owner))), floor());
    EXPECT_EQ(run(heartbeat("w1", "s"))->elements, 3u);
    EXPECT_EQ(run(acquire(new_owner("w2:1"), owner.token))->element[0]->integer, 1);
    owner = new_owner("w2:1");
    EXPECT_EQ(run(claim(owner, "e", 1, 100, 1h))->elements, 3u);
    EXPECT_EQ(run(end_waiting(owner, "e", {}))->element[0]->integer, 0);
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
