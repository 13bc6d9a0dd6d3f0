// HealthCheck over scripted bytes: what it asks of a new connection and of one that is in use, and what it
// makes of the replies.

#include "module/redis/health_check.hpp"

#include <memory>
#include <string>
#include <utility>

#include "t/unit/module/redis/scripted_wire.hpp"

namespace webhook::module {
namespace {

std::string info(const std::string& role = "master") {
    const std::string text = "redis_version:7.0.15\r\nloading:0\r\nrole:" + role +
                             "\r\nredis_mode:standalone\r\nmaxmemory_policy:noeviction\r\n";
    return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}
const std::string loaded = "$7\r\nwebhook\r\n", transaction = "+OK\r\n*0\r\n", probed = "*0\r\n";
std::string prepared(int backlog = 0, int bytes = 0) {
    return "*2\r\n:" + std::to_string(backlog) + "\r\n:" + std::to_string(bytes) + "\r\n";
}

class HealthCheckTest : public testing::Test, public HealthCheck::Owner {
  public:
    void add_stream(const char* name, unsigned partitions = 1) {
        store::StreamSettings settings;
        settings.name = name;
        settings.partitions = partitions;
        streams.push_back(std::make_unique<Stream>(settings, nullptr));
    }
    void make_healthy() {
        check.greet();
        wire.feed(loaded + transaction + probed + info());
        for (const auto& stream : streams) {
            for (unsigned p = 0; p < stream->appender.settings().partitions; ++p)
                wire.feed(prepared());
        }
        EXPECT_EQ(take_told(), "healthy; ");
        wire.take_written();
    }
    std::string take_told() { return std::exchange(told, {}); }

    void fail(std::string_view reason) override { told += "fail: " + std::string(reason) + "; "; }
    void on_healthy() override { told += "healthy; "; }
    void on_info(std::string_view text) override { infos += text.empty() ? 0 : 1; }
    void on_stream_changed(const Stream& stream) override {
        told += stream.appender.settings().name + ": " +
                (stream.problem.empty() ? "usable" : stream.problem) + "; ";
    }

    ScriptedWire wire;
    Streams streams;
    std::string user = "default", password = "secret", told;
    int infos = 0;
    HealthCheck check{&wire, this, {{}, {}, 0}, &streams};
};

TEST_F(HealthCheckTest, GreetsThenPreparesEveryPartition) {
    add_stream("s", 3);
    check.greet();
    const std::string sent = wire.take_written();
    EXPECT_EQ(count_of("FUNCTION", sent), 1);
    EXPECT_EQ(count_of("$4\r\nINFO\r\n", sent), 1);
    EXPECT_EQ(count_of("AUTH", sent), 0);
    EXPECT_EQ(count_of("SELECT", sent), 0);
    EXPECT_EQ(count_of("EVAL", sent), 0);  // not before the server was judged
    wire.feed(loaded + transaction + probed + info());
    EXPECT_EQ(infos, 1);
    EXPECT_EQ(count_of("EVAL", wire.take_written()), 3);
    wire.feed(prepared(2, 20) + prepared(3, 30));
    EXPECT_EQ(told, "");
    wire.feed(prepared());
    EXPECT_EQ(take_told(), "healthy; ");
    EXPECT_EQ(streams[0]->backlog, 5u);
    EXPECT_EQ(streams[0]->backlog_bytes, 50u);
    EXPECT_EQ(streams[0]->checked, wire.now());
    EXPECT_EQ(check.interval(), 5000u);
}

TEST_F(HealthCheckTest, LogsInAndSelectsFirst) {
    HealthCheck with_login{&wire, this, {user, password, 3}, &streams};
    with_login.greet();
    const std::string sent = wire.take_written();
    EXPECT_EQ(
        sent.find("*3\r\n$4\r\nAUTH\r\n$7\r\ndefault\r\n$6\r\nsecret\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"),
        0u);
    wire.feed("+OK\r\n+OK\r\n" + loaded + transaction + probed + info());
    EXPECT_EQ(told, "healthy; ");
}

TEST_F(HealthCheckTest, ServerWithoutStreamsIsHealthyAfterInfo) {
    check.greet();
    wire.feed(loaded + transaction + probed);
    EXPECT_EQ(told, "");
    wire.feed(info());
    EXPECT_EQ(told, "healthy; ");
}

TEST_F(HealthCheckTest, ErrorsOfTheGreetingEndTheConnectionOnce) {
    add_stream("s");
    check.greet();
    wire.feed(loaded + "-NOPERM this user has no permissions\r\n-ERR EXEC without MULTI\r\n" + probed +
              info());
    EXPECT_EQ(told, "fail: NOPERM this user has no permissions; ");
    EXPECT_EQ(infos, 0);
}

TEST_F(HealthCheckTest, LibraryThatIsThereAlreadyIsFine) {
    check.greet();
    wire.feed("-ERR Library 'webhook' already exists\r\n" + transaction + probed + info());
    EXPECT_EQ(take_told(), "healthy; ");
    check.greet();
    wire.feed("-ERR unknown command 'FUNCTION'\r\n");
    EXPECT_EQ(take_told(), "fail: ERR unknown command 'FUNCTION'; ");
    check.greet();
    wire.lose();
    check.greet();
    wire.feed(":1\r\n");
    EXPECT_EQ(take_told(), "fail: unreadable reply to FUNCTION LOAD; ");
}

TEST_F(HealthCheckTest, JudgesTheServerByInfo) {
    check.greet();
    wire.feed(loaded + transaction + probed + info("slave"));
    EXPECT_EQ(take_told(), "fail: it is no master (role \"slave\"); ");
    wire.lose();
    check.greet();
    wire.feed(loaded + transaction + probed + ":1\r\n");
    EXPECT_EQ(take_told(), "fail: unreadable reply to INFO; ");
}

TEST_F(HealthCheckTest, OneUnusableStreamLeavesTheOthers) {
    add_stream("s", 2);
    add_stream("t");
    check.greet();
    wire.feed(loaded + transaction + probed + info());
    wire.feed(":-4\r\n" + prepared() + prepared(1, 1));
    EXPECT_EQ(take_told(),
              "s: it has 4 partitions in redis, but 2 are configured: set \"partitions=4\" or use another "
              "stream name; healthy; ");
    EXPECT_EQ(streams[0]->checked, 0u);
    EXPECT_EQ(streams[1]->backlog, 1u);
    EXPECT_EQ(check.interval(), 1000u);  // sooner, so that it is usable soon after it was mended
    wire.take_written();

    check.test();
    wire.feed(probed + info() + prepared() + prepared() + prepared());
    EXPECT_EQ(take_told(), "s: usable; healthy; ");
    EXPECT_EQ(check.interval(), 5000u);
}

TEST_F(HealthCheckTest, ErrorOfAPartitionIsItsStreamsProblem) {
    add_stream("s");
    check.greet();
    wire.feed(loaded + transaction + probed + info());
    wire.feed("-WRONGTYPE Operation against a key\r\n");
    EXPECT_EQ(take_told(), "s: WRONGTYPE Operation against a key; healthy; ");
    wire.lose();
    check.greet();
    wire.feed(loaded + transaction + probed + info());
    wire.feed("+OK\r\n");
    EXPECT_EQ(take_told(), "s: unreadable reply to the test of a partition; healthy; ");
}

TEST_F(HealthCheckTest, ServerErrorOfAPartitionEndsTheConnection) {
    add_stream("s");
    check.greet();
    wire.feed(loaded + transaction + probed + info());
    wire.feed("-READONLY You can't write\r\n");
    EXPECT_EQ(told, "fail: READONLY You can't write; ");
    EXPECT_EQ(streams[0]->problem, "");
}

TEST_F(HealthCheckTest, RepeatedTestLooksAtStreamsInUse) {
    for (const char* name : {"s", "t", "u"})
        add_stream(name);
    wire.time = 100000;
    make_healthy();
    wire.time = 105000;
    streams[1]->used = 104000;
    check.test();
    EXPECT_TRUE(check.is_testing());
    const std::string sent = wire.take_written();
    EXPECT_EQ(count_of("AUTH", sent) + count_of("FUNCTION", sent), 0);
    EXPECT_EQ(count_of("webhook:{t:0}:intake", sent), 1);
    EXPECT_EQ(count_of("EVAL", sent), 1);
    wire.feed(probed + info() + prepared(9, 90));
    EXPECT_EQ(take_told(), "healthy; ");
    EXPECT_FALSE(check.is_testing());
    EXPECT_EQ(streams[1]->backlog, 9u);
}

TEST_F(HealthCheckTest, OneQuietStreamAMinute) {
    for (const char* name : {"s", "t", "u"})
        add_stream(name);
    wire.time = 100000;
    make_healthy();
    wire.time = 130000;
    check.test();
    EXPECT_EQ(count_of("EVAL", wire.take_written()), 0);
    wire.feed(probed + info());
    EXPECT_EQ(take_told(), "healthy; ");  // after INFO: no stream follows
    wire.time = 161000;
    check.test();
    EXPECT_EQ(count_of("EVAL", wire.take_written()), 1);
    wire.feed(probed + info() + prepared());
    EXPECT_EQ(take_told(), "healthy; ");
}

TEST_F(HealthCheckTest, RepliesAfterStopAreNotLookedAt) {
    add_stream("s");
    make_healthy();
    streams[0]->used = wire.now();
    check.test();
    check.stop();
    wire.feed("-ERR unknown\r\n" + info("slave") + ":-4\r\n");
    EXPECT_EQ(told, "");
    EXPECT_EQ(streams[0]->problem, "");
}

TEST_F(HealthCheckTest, LostConnectionIsNoVerdict) {
    add_stream("s");
    check.greet();
    wire.lose();
    EXPECT_EQ(told, "");
    make_healthy();
}

}  // namespace
}  // namespace webhook::module
