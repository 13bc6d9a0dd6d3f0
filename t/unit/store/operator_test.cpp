#include "store/operator.hpp"

#include <gtest/gtest.h>

#include "store/admin.hpp"
#include "store/waiting.hpp"
#include "t/unit/store/partition_support.hpp"

namespace webhook::store {
namespace {

class OperatorSteps : public OnePartition {
  protected:
    long long score(const std::string& set, const std::string& id) {
        const auto reply = redis({"ZSCORE", key(set), id});
        return reply->str == nullptr ? -1 : std::atoll(reply->str);
    }
    static std::string word(const redisReply* reply) { return {reply->str, reply->len}; }
    std::string content(const std::string& entry) {
        const auto reply = redis({"HGET", key("content"), entry});
        return reply->str == nullptr ? "-" : std::string(test::text(reply));
    }
    void expect_balance() {
        EXPECT_EQ(meta("created") + meta("replayed"), accounted("e"));
        long long held = 0;
        const auto ids = redis({"HVALS", key("refs")});
        for (std::size_t i = 0; i < ids->elements; ++i)
            held += std::atoll(ids->element[i]->str);
        EXPECT_EQ(held, waiting("e") + count("ZCARD", "dead")) << "refs";
        EXPECT_EQ(count("HLEN", "refs"), count("HLEN", "content"));
        EXPECT_EQ(count("ZCARD", "due"), waiting("e") > 0 ? 1 : 0);
    }
    std::string route_to_nobody() {
        const std::string entry = add();
        EXPECT_EQ(done(routing(entry, 0, 0)), 1);
        return entry;
    }
    test::Reply replay(const std::string& entry, std::uint64_t max = 100, std::uint64_t max_bytes = 1000) {
        return run(replay_events("s", 0, "e", max, max_bytes, {{entry, 4, R"({"endpoint":"e","bytes":4)"}}));
    }
};

TEST_F(OperatorSteps, RetryMakesWhatWaitsDueOldestFirst) {
    std::vector<std::string> entries;
    for (int i = 0; i < 5; ++i)
        entries.push_back(wait_one(std::chrono::hours(i + 1)));
    auto reply = run(retry_waiting("s", 0, "e", 2, "+inf"));
    EXPECT_EQ(reply->element[0]->integer, 2) << "the slice";
    EXPECT_EQ(score("waiting:e", entries[4] + "/e"), std::atoll(entries[4].c_str()));
    EXPECT_GT(score("waiting:e", entries[0] + "/e"), std::atoll(entries[0].c_str()));
    EXPECT_EQ(score("due", "e"), std::atoll(entries[3].c_str()));
    reply = run(retry_waiting("s", 0, "e", 500, word(reply->element[1])));
    EXPECT_EQ(reply->element[0]->integer, 3);
    EXPECT_EQ(run(retry_waiting("s", 0, "e", 500, "+inf"))->element[0]->integer, 0) << "all are due";
    EXPECT_EQ(score("due", "e"), std::atoll(entries[0].c_str()));
    const auto claimed = run(claim(owner, "e", 5, 1000, 1min));
    ASSERT_EQ(claimed->elements, 15u);
    EXPECT_EQ(word(claimed->element[0]), entries[0] + "/e");
    EXPECT_EQ(run(retry_waiting("s", 0, "other", 500, "+inf"))->element[0]->integer, 0);
    EXPECT_EQ(score("due", "other"), -1);
}

TEST_F(OperatorSteps, OrderedDeliveriesStayBehindTheFirst) {
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) {
        const std::string entry = add();
        SettleStep step = routing(entry, 1, 0);
        step.content(entry, "4:body,");
        ids.push_back(entry + "/e");
        step.new_waiting({ids.back(), "e", entry, 4, R"({"endpoint":"e","bytes":4,"lane":"ab")"}, 1h,
                         {100, 1000});
        EXPECT_EQ(done(step), 1);
    }
    EXPECT_EQ(run(retry_waiting("s", 0, "e", 10, "+inf"))->element[0]->integer, 1) << "the first";
    EXPECT_EQ(run(retry_delivery("s", 0, "e", ids[1]))->integer, 2) << "behind it";
    EXPECT_GE(score("waiting:e", ids[1]), blocked_score);
    const std::string entry = ids[0].substr(0, ids[0].find('/'));
    EXPECT_EQ(run(delete_event("s", 0, entry, {ids[0]}))->element[1]->integer, 1);
    EXPECT_LT(score("waiting:e", ids[1]), blocked_score) << "the next one is due";
    EXPECT_GE(score("waiting:e", ids[2]), blocked_score);
    EXPECT_EQ(count("ZCARD", "order:e"), 2);
    EXPECT_EQ(run(claim(owner, "e", 1, 1000, 1min))->elements, 3u);
}

TEST_F(OperatorSteps, RetryOfOne) {
    const std::string entry = wait_one(1h);
    wait_one(30min);
    EXPECT_EQ(run(retry_delivery("s", 0, "e", entry + "/e"))->integer, 1);
    EXPECT_EQ(score("due", "e"), score("waiting:e", entry + "/e"));
    EXPECT_EQ(run(retry_delivery("s", 0, "e", "1-0/e"))->integer, 0);
}

TEST_F(OperatorSteps, AnEventBecomesANewDelivery) {
    const std::string entry = route_to_nobody();
    auto reply = replay(entry);
    EXPECT_EQ(reply->element[0]->integer, 0);
    EXPECT_EQ(word(reply->element[1]), entry + "/e/1");
    EXPECT_EQ(content(entry), "4:data,4:body,");
    EXPECT_EQ(meta("replayed"), 1);
    expect_balance();
    redis({"XTRIM", key("events"), "MAXLEN", "0"});
    reply = replay(entry);
    EXPECT_EQ(word(reply->element[1]), entry + "/e/2") << "the content is enough; no number comes twice";
    EXPECT_EQ(test::text(redis({"HGET", key("refs"), entry})), "2");
    expect_balance();
    const auto claimed = run(claim(owner, "e", 5, 1000, 1min));
    ASSERT_EQ(claimed->elements, 6u);
    EXPECT_EQ(word(claimed->element[2]), "4:data,4:body,");
    SettleStep step(owner);
    step.delivered({entry + "/e/1", "e", entry, 4, {}});
    EXPECT_EQ(done(step), 1);
    EXPECT_EQ(content(entry), "4:data,4:body,") << "the other delivery needs it";
    expect_balance();
}

TEST_F(OperatorSteps, AnEventIsNotReplayedWithoutNeedOrRoom) {
    const std::string waits = wait_one(1h), routed = route_to_nobody(), unrouted = add();
    EXPECT_EQ(replay(waits)->element[0]->integer, 5) << "waits already";
    EXPECT_EQ(replay(unrouted)->element[0]->integer, 4) << "will be routed";
    EXPECT_EQ(replay("1-0")->element[0]->integer, 2) << "gone";
    EXPECT_EQ(replay(routed, 1)->element[0]->integer, 3) << "max_waiting";
    EXPECT_EQ(replay(routed, 100, 7)->element[0]->integer, 3) << "max_waiting_bytes";
    EXPECT_EQ(meta("replayed"), 0);
    EXPECT_EQ(replay(routed, 2, 8)->element[0]->integer, 0);
    expect_balance();
}

TEST_F(OperatorSteps, DeadLettersAreReplayedUnderNewNumbersWithTheirNames) {
    const std::string entry = wait_one(1h);
    redis(
        {"HSET", key("delivery"), entry + "/e",
         R"({"endpoint":"e","entry":")" + entry +
             R"(","event":"e1","webhook_id":"m","source":"s","type":"t","tenant":"x","attempts":3,"bytes":4,"created":1})"});
    run(end_waiting(owner, "e", {"exhausted", 10}));
    redis({"HSET", key("meta"), "replayed", "41"});
    redis({"HSET", key("meta"), "created", "-40"});
    const auto reply = run(replay_dead("s", 0, {{entry + "/e", 10, 1000}}));
    EXPECT_EQ(reply->element[0]->integer, 0);
    EXPECT_EQ(word(reply->element[1]), entry + "/e/42");
    const std::string record(test::text(redis({"HGET", key("delivery"), entry + "/e/42"})));
    for (const char* part : {R"("event":"e1")", R"("type":"t")", R"("source":"s")", R"("tenant":"x")",
                             R"("webhook_id":"m")", R"("attempts":0)", R"("bytes":4)"})
        EXPECT_NE(record.find(part), std::string::npos) << part;
    expect_balance();
}

TEST_F(OperatorSteps, AnUnreadableRecordHindersNoReplay) {
    const std::string entry = wait_one(1h);
    run(end_waiting(owner, "e", {"exhausted", 10}));
    redis({"HSET", key("delivery"), entry + "/e", "no JSON"});
    EXPECT_EQ(run(replay_dead("s", 0, {{entry + "/e", 10, 1000}}))->element[0]->integer, 0);
    expect_balance();
}

TEST_F(OperatorSteps, DroppedDeadLettersTakeTheirContent) {
    const std::string first = wait_one(1h), second = wait_one(1h);
    EXPECT_EQ(replay(second)->element[0]->integer, 5);
    run(end_waiting(owner, "e", {"exhausted", 10}));
    EXPECT_EQ(replay(second)->element[0]->integer, 0);
    EXPECT_EQ(run(drop_dead("s", 0, {first + "/e", second + "/e", "1-0/e"}))->integer, 2);
    EXPECT_EQ(content(first), "-");
    EXPECT_EQ(content(second), "4:body,") << "a waiting delivery needs it";
    EXPECT_EQ(meta("dead_bytes"), 0);
    EXPECT_EQ(meta("dead"), 2) << "counts deaths";
    EXPECT_EQ(count("HLEN", "delivery"), 1);
}

TEST_F(OperatorSteps, ADeletedEventLeavesNothing) {
    const std::string other = wait_one(1h), entry = wait_one(1h);
    run(end_waiting(owner, "e", {"exhausted", 10}));
    EXPECT_EQ(replay(entry)->element[0]->integer, 0);
    const auto reply = run(delete_event("s", 0, entry, {entry + "/e", entry + "/e/1", entry + "/x/9"}));
    EXPECT_EQ(reply->element[0]->integer, 0);
    EXPECT_EQ(reply->element[1]->integer, 1) << "cancelled";
    EXPECT_EQ(reply->element[2]->integer, 1) << "dropped";
    EXPECT_EQ(reply->element[3]->integer, 0);
    EXPECT_EQ(content(entry), "-");
    EXPECT_EQ(content(other), "4:body,");
    EXPECT_EQ(count("XLEN", "events") + meta("trimmed") - meta("routed"), 0) << "unrouted";
    EXPECT_EQ(meta("cancelled"), 1);
    EXPECT_EQ(meta("created") + meta("replayed"), accounted("e"));
    EXPECT_EQ(count("ZCARD", "due"), 0);
    EXPECT_EQ(run(delete_event("s", 0, entry, {}))->element[0]->integer, 1) << "not found";
}

TEST_F(OperatorSteps, AnUnroutedEventIsDeletedOnlyWithoutAnOwner) {
    const std::string entry = add(), later = add();
    EXPECT_EQ(run(delete_event("s", 0, entry, {}))->element[0]->integer, 2);
    EXPECT_EQ(count("XLEN", "events"), 2);
    redis({"HDEL", key("meta"), "holder"});
    EXPECT_EQ(run(delete_event("s", 0, entry, {}))->element[0]->integer, 0);
    EXPECT_EQ(count("XLEN", "events"), 1);
    EXPECT_EQ(meta("routed_bytes"), 8);
    EXPECT_EQ(count("XLEN", "events") + meta("trimmed") - meta("routed"), 1) << "unrouted";
    EXPECT_EQ(run(acquire(owner))->element[0]->integer, 1);
    EXPECT_EQ(done(routing(later, 0, 0)), 1);
    EXPECT_EQ(count("XLEN", "events") + meta("trimmed") - meta("routed"), 0);
}

TEST_F(OperatorSteps, AttemptsOfAnEventAreForgotten) {
    SettleStep step(owner);
    for (const char* json :
         {R"({"entry":"1-0","n":1})", R"({"entry":"2-0","n":2})", R"({"entry":"1-0","n":3})"})
        step.attempt(json);
    EXPECT_EQ(done(step), 1);
    const auto log = redis({"XRANGE", key("attempts:1"), "-", "+"});
    const std::string id(word(log->element[0]->element[0]));
    EXPECT_EQ(run(forget_attempts(key("attempts:1"), id, "1-0"))->integer, 2);
    const auto left = redis({"XRANGE", key("attempts:1"), "-", "+"});
    ASSERT_EQ(left->elements, 1u);
    ASSERT_EQ(left->element[0]->element[1]->elements, 2u);
    EXPECT_EQ(word(left->element[0]->element[1]->element[1]), R"({"entry":"2-0","n":2})");
    EXPECT_EQ(run(forget_attempts(key("attempts:1"), id, "1-0"))->integer, 0);
}

}  // namespace
}  // namespace webhook::store
