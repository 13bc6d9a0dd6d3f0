#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "worker/delivery.hpp"
#include "worker/log.hpp"
#include "worker/membership.hpp"
#include "worker/records.hpp"
#include "worker/redis/reply.hpp"
#include "worker/schedule.hpp"
#include "worker/send/macros.hpp"
#include "worker/send/response_parser.hpp"
#include "worker/settings.hpp"

namespace webhook::worker {
namespace {

using namespace std::chrono_literals;

endpoint::Document document_with(std::vector<milliseconds> schedule, double jitter) {
    endpoint::Document document;
    document.schedule = std::move(schedule);
    document.jitter = jitter;
    return document;
}

Attempt failed() {
    Attempt attempt;
    attempt.result = Attempt::Result::failed;
    return attempt;
}

TEST(WorkerSchedule, DelaysInOrderThenExhausted) {
    const auto document = document_with({1s, 5s}, 0);
    std::minstd_rand random(1);
    EXPECT_EQ(decide(failed(), 0, document, &random).delay, 1s);
    EXPECT_EQ(decide(failed(), 1, document, &random).delay, 5s);
    const auto last = decide(failed(), 2, document, &random);
    EXPECT_EQ(last.kind, Decision::Kind::dead);
    EXPECT_STREQ(last.reason, "exhausted");
}

TEST(WorkerSchedule, JitterStaysInItsRange) {
    const auto document = document_with({10s}, 0.2);
    std::minstd_rand random(7);
    milliseconds low = 1h;
    milliseconds high = 0ms;
    for (int i = 0; i < 1000; ++i) {
        const auto delay = decide(failed(), 0, document, &random).delay;
        low = std::min(low, delay);
        high = std::max(high, delay);
    }
    EXPECT_GE(low, 8s);
    EXPECT_LE(high, 12s);
    EXPECT_GT(high - low, 2s);
}

TEST(WorkerSchedule, RetryAfterMakesLongerNeverShorter) {
    const auto document = document_with({10s}, 0);
    std::minstd_rand random(1);
    Attempt attempt = failed();
    attempt.retry_after = 60s;
    EXPECT_EQ(decide(attempt, 0, document, &random).delay, 60s);
    attempt.retry_after = 1s;
    EXPECT_EQ(decide(attempt, 0, document, &random).delay, 10s);
}

TEST(WorkerSchedule, RetryAfterAsDate) {
    const std::int64_t now = 784111777000;  // Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now), 60s);
    EXPECT_EQ(parse_retry_after("Sunday, 06-Nov-94 08:50:37 GMT", now), 60s);
    EXPECT_EQ(parse_retry_after("Sun Nov  6 08:50:37 1994", now), 60s);
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), 0s) << "past";
    EXPECT_EQ(parse_retry_after("Wed, 09 Nov 1994 08:49:37 GMT", now), 24h) << "too far";
    EXPECT_EQ(parse_retry_after("tomorrow", now), std::nullopt);
}

TEST(WorkerSchedule, GoneAbortedAndNotReady) {
    const auto document = document_with({1s}, 0);
    std::minstd_rand random(1);
    Attempt attempt;
    attempt.result = Attempt::Result::gone;
    EXPECT_STREQ(decide(attempt, 0, document, &random).reason, "disabled");
    attempt.result = Attempt::Result::aborted;
    EXPECT_STREQ(decide(attempt, 0, document, &random).reason, "aborted");
    attempt.result = Attempt::Result::not_ready;
    const auto later = decide(attempt, 9, document, &random);
    EXPECT_EQ(later.kind, Decision::Kind::retry);
    EXPECT_FALSE(later.counts);
}

TEST(WorkerMembership, SharesAreDisjointAndWhole) {
    std::vector<PartitionName> partitions;
    for (unsigned p = 0; p < 8; ++p)
        partitions.push_back({"s", p});
    const std::vector<Member> workers{{"c", {}}, {"a", {}}, {"b", {}}};
    std::vector<PartitionName> all;
    for (const auto& worker : workers) {
        const auto share = share_of(partitions, workers, worker.id);
        EXPECT_GE(share.size(), 2u);
        EXPECT_LE(share.size(), 3u);
        all.insert(all.end(), share.begin(), share.end());
    }
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, partitions);
    EXPECT_TRUE(share_of(partitions, workers, "unknown").empty());
}

TEST(WorkerMembership, StreamsAreSharedByThoseWhoServeThem) {
    const std::vector<PartitionName> s{{"s", 0}, {"s", 1}, {"s", 2}}, t{{"t", 0}}, u{{"u", 0}, {"u", 1}};
    std::vector<PartitionName> all = s;
    all.insert(all.end(), t.begin(), t.end());
    all.insert(all.end(), u.begin(), u.end());
    const std::vector<Member> workers{{"a", {"s"}}, {"b", {"t"}}, {"c", {}}, {"d", {"t", "s"}}};
    using Names = std::vector<PartitionName>;
    EXPECT_EQ(share_of(s, workers, "a"), (Names{{"s", 0}}));  // each gives what it has found itself
    EXPECT_EQ(share_of(t, workers, "b"), (Names{{"t", 0}}));
    EXPECT_EQ(share_of(all, workers, "c"), (Names{{"s", 1}, {"u", 0}, {"u", 1}}));
    EXPECT_EQ(share_of(all, workers, "d"), (Names{{"s", 2}}));
}

TEST(WorkerSettings, ReadsEveryKeyAndRefusesOthers) {
    std::vector<std::string> errors;
    const auto settings = parse_settings(R"({ // comment
        "redis": "unix:/run/r.sock:3", "redis_auth": {"user": "u", "password": "p"},
        "streams": ["a", {"name": "b", "partitions": 4}], "secrets_dir": "/s", "state_dir": "/t",
        "schemes": {"acme": ["algorithm hmac-sha256;", "signature header:x encoding=hex;"],
                    "acme-token": "algorithm token; signature header:x;"},
        "max_inflight": 64, "retention": {"age": "0s", "bytes": "0"}, "dead": {"age": "1d", "bytes": "1m"},
        "allow_private": ["127.0.0.0/8"], "drain_timeout": "3s", "log": "stderr" })",
                                         &errors);
    ASSERT_TRUE(settings) << (errors.empty() ? "" : errors[0]);
    EXPECT_EQ(settings->redis.path, "/run/r.sock");
    EXPECT_EQ(settings->redis.database, 3u);
    EXPECT_EQ(settings->redis.password, "p");
    EXPECT_EQ(settings->streams[1].partitions, 4u);
    EXPECT_TRUE(settings->keeps_nothing());
    EXPECT_EQ(settings->drain_timeout, 3s);
    EXPECT_NE(settings->schemes->find("acme"), nullptr);
    EXPECT_NE(settings->schemes->find("acme-token"), nullptr);
    EXPECT_NE(settings->schemes->find("stripe"), nullptr);
    for (const char* bad :
         {R"({"listen":"unix:/x"})", R"({"tokens":[]})", R"({"nonsense":1})", R"({"max_inflight":0})",
          R"({"retention":{"age":"5x"}})", R"({"redis":"rediss://h"})", R"({"redis_auth":{"user":"u"}})",
          R"({"streams":["a b"]})", R"({"streams":["a","a"]})", R"({"schemes":5})",
          R"({"schemes":"/nonexistent"})", R"({"schemes":{"a":"algorithm token;"}})",
          R"({"schemes":{"stripe":"algorithm token; signature header:x;"}})", R"({"schemes":{"a":[1]}})",
          R"({"allow_private":["10.0.0.1/8"]})", R"({"drain_timeout":"200000d"})",
          R"({"dead":{"age":"1d","age":"2d"}})", "[]", "{"}) {
        errors.clear();
        EXPECT_FALSE(parse_settings(bad, &errors)) << bad;
        EXPECT_EQ(errors.size(), 1u) << bad;
    }
}

TEST(WorkerSettings, SaysWhereTheJsonBreaks) {
    std::vector<std::string> errors;
    EXPECT_FALSE(parse_settings("{ \"redis\": \n", &errors));
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors.front(), "line 2, column 1: expected \":\" and a value, but the text ends here");
}

TEST(WorkerSettings, ErrorsNeverQuoteValues) {
    for (const char* key :
         {"redis", "redis_auth", "streams", "secrets_dir", "state_dir", "schemes", "listen", "tokens",
          "max_inflight", "retention", "dead", "allow_private", "drain_timeout", "log"}) {
        for (const char* value :
             {R"("canary")", R"(["canary"])", R"({"age":"canary"})", R"({"user":"canary"})",
              R"([{"name":"canary canary"}])", R"("redis://u:canary")", R"("canary" "canary")",
              R"({"x":{"canary":1}})", R"(canary)", R"({"canary canary":"canary;"})"}) {
            const std::string json = "{\"" + std::string(key) + "\":" + value + "}";
            std::vector<std::string> errors;
            (void)parse_settings(json, &errors);
            for (const std::string& error : errors)
                EXPECT_EQ(error.find("\"canary\""), std::string::npos) << json << " " << error;
        }
    }
    std::vector<std::string> errors;
    EXPECT_FALSE(parse_settings(R"({"redis_auth":{"password":"canary"} "x":1})", &errors));
    EXPECT_FALSE(parse_settings(R"({"max_inflght":5})", &errors));
    ASSERT_EQ(errors.size(), 2u);
    EXPECT_EQ(errors[0].find("canary"), std::string::npos) << errors[0];
    EXPECT_EQ(errors[1], "max_inflght: unknown setting, did you mean \"max_inflight\"?");
}

TEST(WorkerSettings, SaysWhyAFileCannotBeRead) {
    std::vector<std::string> errors;
    EXPECT_FALSE(load_settings("/nonexistent", "", &errors));
    EXPECT_EQ(errors,
              std::vector<std::string>{R"("/nonexistent" cannot be read (No such file or directory))"});
}

TEST(WorkerSettings, NamesTheLineOfABadScheme) {
    std::vector<std::string> errors;
    EXPECT_FALSE(
        parse_settings(R"({"schemes":{"acme":["algorithm hmac-sha256;", "signatur x;"]}})", &errors));
    EXPECT_EQ(errors,
              std::vector<std::string>{
                  R"(schemes.acme: unknown directive "signatur", did you mean "signature"? in line 2)"});
}

TEST(WorkerLog, EscapesWhatIsHidden) {
    const std::string path =
        ::testing::TempDir() + "webhook-worker-test-" + std::to_string(getpid()) + ".log";
    std::string error;
    ASSERT_TRUE(open_log(path, &error)) << error;
    spdlog::warn("endpoint {}: {}", "a\x1b[2J\n2026/01/01 [info] forged", "\xc2\x9b \xe2\x80\xae \xff");
    ASSERT_TRUE(open_log("stderr", &error)) << error;
    std::ifstream file(path);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    std::remove(path.c_str());
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
    EXPECT_NE(text.find(R"(: endpoint a\x1b[2J\n2026/01/01 [info] forged: \xc2\x9b \xe2\x80\xae \xff)"),
              std::string::npos)
        << text;
}

TEST(WorkerRecords, DepthIsLimited) {
    const std::string deep(100000, '[');
    EXPECT_EQ(parse_record("{\"error\":" + deep).attempts, 0u);
    EXPECT_EQ(parse_record("{\"attempts\":3}").attempts, 3u);
    Event event;
    event.fields = {{"headers", "{\"x-a\":[\"v\"],\"x-b\":" + deep + std::string(100000, ']') + "}"}};
    EXPECT_EQ(kept_header(event, "x-a"), "");
    event.fields = {{"headers", R"({"X-A":["v"]})"}};
    EXPECT_EQ(kept_header(event, "x-a"), "v");
}

TEST(WorkerReplyReader, NestedReplyInPieces) {
    const std::string text =
        "*2\r\n$3\r\nkey\r\n*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n*-1\r\n:7\r\n-ERR x\r\n";
    for (std::size_t piece = 1; piece < text.size(); ++piece) {
        ReplyReader reader;
        std::vector<ReplyPtr> replies;
        for (std::size_t at = 0; at < text.size(); at += piece) {
            reader.feed(text.data() + at, std::min(piece, text.size() - at));
            while (auto reply = reader.next())
                replies.push_back(std::move(reply));
        }
        ASSERT_FALSE(reader.broken());
        ASSERT_EQ(replies.size(), 3u);
        EXPECT_EQ(replies[0]->root()[1][0][1][1].text, "b");
        EXPECT_EQ(replies[0]->root()[1][1].type, Reply::Type::nil);
        EXPECT_TRUE(replies[1]->root().is(7));
        EXPECT_TRUE(replies[2]->root().is_error("ERR"));
    }
}

TEST(WorkerRecords, ContentSurvivesPacking) {
    Event event;
    event.fields = {{"id", "1"}, {"data", std::string("a\0,b:3", 6)}, {"type", ""}};
    Event back;
    ASSERT_TRUE(back.unpack(event.pack()));
    EXPECT_EQ(back.fields, event.fields);
    EXPECT_FALSE(back.unpack("3:ab"));
}

TEST(WorkerRecords, ContentKeepsWhatNamesTheEvent) {
    Event event, back;
    event.entry = back.entry = "1-0";
    event.fields = {{"id", "page_7"},
                    {"key", "00112233445566778899aabbccddeeff"},
                    {"path", "/c/1"},
                    {"partitionkey", "p"},
                    {"idnames", "thing"}};
    ASSERT_TRUE(back.unpack(event.pack()));
    EXPECT_EQ(back.webhook_id(), "msg_00112233445566778899aabbccddeeff");
    EXPECT_EQ(back.ce_id(), "page_7~00112233");
    EXPECT_EQ(back.field("path"), "/c/1");
    Delivery delivery;
    delivery.event = std::make_shared<Event>(event);
    for (const std::string& text : {delivery_record(delivery), attempt_json(delivery, {})}) {
        EXPECT_NE(
            text.find(
                R"("entry":"1-0","event":"page_7","webhook_id":"msg_00112233445566778899aabbccddeeff")"),
            std::string::npos)
            << text;
    }
}

}  // namespace
}  // namespace webhook::worker
