#include <gtest/gtest.h>

#include "worker/settings.hpp"

namespace webhook::worker {
namespace {

using namespace std::chrono_literals;

TEST(WorkerSettings, ReadsEveryKeyAndRefusesOthers) {
    std::vector<std::string> errors;
    const auto settings = parse_settings(R"({ // comment
        "redis": "unix:/run/r.sock:3", "redis_auth": {"user": "u", "password": "p"},
        "streams": ["a", {"name": "b", "partitions": 4}], "secrets_dir": "/s", "state_dir": "/t",
        "schemes": {"acme": ["algorithm hmac-sha256;", "signature header:x encoding=hex;"],
                    "acme-token": "algorithm token; signature header:x;"},
        "max_inflight": 64, "retention": {"age": "0s", "bytes": "0"}, "dead": {"age": "1d", "bytes": "1m"},
        "allow_private": ["127.0.0.0/8"], "egress_proxy": "http://u:p%40@Proxy.example:3128", "drain_timeout": "3s", "log": "stderr" })",
                                         &errors);
    ASSERT_TRUE(settings) << (errors.empty() ? "" : errors[0]);
    EXPECT_EQ(settings->redis.path, "/run/r.sock");
    EXPECT_EQ(settings->redis.database, 3u);
    EXPECT_EQ(settings->redis.password, "p");
    EXPECT_EQ(settings->streams[1].partitions, 4u);
    EXPECT_TRUE(settings->keeps_nothing());
    EXPECT_EQ(settings->drain_timeout, 3s);
    EXPECT_EQ(settings->egress_proxy->host, "proxy.example");
    EXPECT_EQ(settings->egress_proxy->port, 3128);
    EXPECT_EQ(settings->egress_proxy->authorization, "Basic dTpwQA==");
    EXPECT_NE(settings->schemes->find("acme"), nullptr);
    EXPECT_NE(settings->schemes->find("acme-token"), nullptr);
    EXPECT_NE(settings->schemes->find("stripe"), nullptr);
    for (const char* bad : {R"({"listen":"unix:/x"})",
                            R"({"tokens":[]})",
                            R"({"nonsense":1})",
                            R"({"max_inflight":0})",
                            R"({"retention":{"age":"5x"}})",
                            R"({"redis":"rediss://h"})",
                            R"({"redis_auth":{"user":"u"}})",
                            R"({"streams":["a b"]})",
                            R"({"streams":["a","a"]})",
                            R"({"schemes":5})",
                            R"({"schemes":"/nonexistent"})",
                            R"({"schemes":{"a":"algorithm token;"}})",
                            R"({"schemes":{"stripe":"algorithm token; signature header:x;"}})",
                            R"({"schemes":{"a":[1]}})",
                            R"({"allow_private":["10.0.0.1/8"]})",
                            R"({"drain_timeout":"200000d"})",
                            R"({"dead":{"age":"1d","age":"2d"}})",
                            R"({"egress_proxy":"https://h:1"})",
                            R"({"egress_proxy":"http://h"})",
                            R"({"egress_proxy":"h:3128"})",
                            R"({"egress_proxy":"http://h:0"})",
                            R"({"egress_proxy":"http://h:1/x"})",
                            R"({"egress_proxy":"http://u@h:1"})",
                            R"({"egress_proxy":"http://u:file:x@h:1"})",
                            R"({"egress_proxy":"http://u:%0a@h:1"})",
                            R"({"egress_proxy":"http://u:secret:p@h:1"})",
                            R"({"egress_proxy":["http://h:1"]})",
                            R"({"egress_proxy":"http://u:secret:p@h:1","secrets_dir":"/nonexistent"})",
                            "[]",
                            "{"}) {
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
          "max_inflight", "retention", "dead", "allow_private", "drain_timeout", "egress_proxy", "log"}) {
        for (const char* value : {R"("canary")", R"(["canary"])", R"({"age":"canary"})",
                                  R"({"user":"canary"})", R"([{"name":"canary canary"}])",
                                  R"("redis://u:canary")", R"("http://u:canary@h")", R"("canary" "canary")",
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

}  // namespace
}  // namespace webhook::worker
