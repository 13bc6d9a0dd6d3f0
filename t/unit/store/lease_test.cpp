#include "store/lease.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <map>

#include "store/configuration.hpp"
#include "store/entry_id.hpp"
#include "store/sweep.hpp"
#include "store/waiting.hpp"
#include "t/unit/store/partition_support.hpp"

namespace webhook::store {
namespace {

class Lease : public OnePartition {};

TEST_F(Lease, PartitionIsHeldByOneAndFencedByTokenAndEpoch) {
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
    EXPECT_EQ(run(end_waiting(owner, "e", {}))->type, REDIS_REPLY_NIL);
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

TEST_F(Lease, GroupMadeByHandGivesTheFloorAndLosesItsPending) {
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

TEST_F(Lease, LostGroupIsMadeAgainAtTheFloor) {
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

}  // namespace
}  // namespace webhook::store
