#include "store/configuration.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <map>

#include "t/unit/store/partition_support.hpp"

namespace webhook::store {
namespace {

class Workers : public OnePartition {};

TEST_F(Workers, MarksOfWorkersAlwaysChange) {
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

TEST_F(Workers, DeadWorkersAreForgottenUnlessTheyGaveASign) {
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

TEST_F(Workers, WorkersThatComeAndGoWakeTheOthers) {
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

}  // namespace
}  // namespace webhook::store
