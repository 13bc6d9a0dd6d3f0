// A partition on a real server, for the tests of the steps that change it.

#pragma once

#include <gtest/gtest.h>

#include <string>

#include "store/entry_id.hpp"
#include "store/lease.hpp"
#include "store/settle.hpp"
#include "t/unit/support/redis_server.hpp"

namespace webhook::store {

using namespace std::chrono_literals;
using test::RedisServer;

/// One partition on a real server, with an owner that has acquired it.
class OnePartition : public testing::Test {
  protected:
    OnePartition() {
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

}  // namespace webhook::store
