// Fields that limit, hold or end deliveries.

#include <gtest/gtest.h>

#include "endpoint/document_print.hpp"
#include "endpoint/limit_fields.hpp"
#include "t/unit/endpoint/document_support.hpp"

namespace webhook::endpoint {
namespace {

using namespace std::chrono_literals;

TEST(LimitFields, Rates) {
    for (const char* text : {"1/s", "50/s", "30/m burst=5", "10/h", "100000/s burst=100000"}) {
        const auto rate = parse_rate(text);
        ASSERT_TRUE(rate) << text;
        EXPECT_EQ(format_rate(*rate), text);
    }
    EXPECT_EQ(format_rate(*parse_rate("7/s burst=1")), "7/s");
    EXPECT_EQ(parse_rate("50/s")->interval(), 20ms);
    EXPECT_EQ(parse_rate("6/m")->interval(), 10s);
    for (const char* text :
         {"", "50", "/s", "0/s", "-1/s", "1.5/s", "50/d", "50/s ", "50/sec", "50 /s", "100001/s",
          "50/s burst", "50/s burst=0", "50/s burst=-1", "50/s  burst=2", "99999999999999999999/s"}) {
        EXPECT_FALSE(parse_rate(text)) << text;
    }
    EXPECT_EQ(field_error(R"("rate":50)"), "rate: must be a string\n");
    EXPECT_NE(field_error(R"("rate":"fast")").find("must be a rate such as \"50/s\""), std::string::npos);
}

TEST(LimitFields, NullMeansNoLimit) {
    const Document document =
        good(R"({"id":"a","url":"http://h","rate":null,"breaker":null,"max_age":null,"disable_after":null,)"
             R"("permanent":null})");
    EXPECT_FALSE(document.rate || document.breaker || document.permanent);
    EXPECT_EQ(document.max_age, 0ms);
    EXPECT_EQ(document.disable_after, 0ms);
    EXPECT_EQ(to_json(document), R"({"disable_after":null,"id":"a","max_age":null,"url":"http://h"})");
    EXPECT_EQ(default_document().max_age, 24h * 7);
    EXPECT_EQ(default_document().disable_after, 24h * 5);
}

TEST(LimitFields, Breaker) {
    EXPECT_EQ(good(R"({"id":"a","url":"http://h","breaker":{}})").breaker, (Breaker{10, 30s}));
    EXPECT_EQ(good(R"({"id":"a","url":"http://h","breaker":{"failures":3,"probe":"1m"}})").breaker,
              (Breaker{3, 60s}));
    EXPECT_EQ(field_error(R"("breaker":{"failure":3})"),
              "breaker.failure: unknown field \"failure\", did you mean \"failures\"?\n");
    EXPECT_EQ(field_error(R"("breaker":{"failures":0})"),
              "breaker.failures: must be a whole number from 1 to 10000\n");
    EXPECT_EQ(field_error(R"("breaker":true)"), "breaker: must be an object\n");
}

TEST(LimitFields, PermanentStatuses) {
    const Document ordered = good(R"({"id":"a","url":"http://h","order":true})");
    EXPECT_TRUE(is_permanent(ordered, 422));
    EXPECT_FALSE(is_permanent(ordered, 403));
    const Document none = good(R"({"id":"a","url":"http://h","order":true,"permanent":[]})");
    EXPECT_FALSE(is_permanent(none, 422));
    EXPECT_FALSE(is_permanent(default_document(), 404));
    EXPECT_TRUE(is_permanent(good(R"({"id":"a","url":"http://h","permanent":[410,403]})"), 403));
    EXPECT_EQ(field_error(R"("permanent":[200])"), "permanent[0]: must be a whole number from 300 to 599\n");
    EXPECT_EQ(field_error(R"("permanent":404)"), "permanent: must be a list: [...]\n");
}

TEST(LimitFields, TimesAndLabels) {
    EXPECT_NE(field_error(R"("max_age":"0s")"), "");
    EXPECT_NE(field_error(R"("disable_after":5)"), "");
    EXPECT_NE(field_error(R"("max_hold":null)"), "");
    EXPECT_EQ(field_error(R"("labels":{"a":1})"), "labels.a: must be a string\n");
    EXPECT_NE(field_error(R"("labels":{"":"x"})"), "");
    EXPECT_NE(field_error(R"("description":")" + std::string(1025, 'x') + R"(")"), "");
    EXPECT_EQ(field_error(R"("order":1)"), "order: must be true or false\n");
}

}  // namespace
}  // namespace webhook::endpoint
