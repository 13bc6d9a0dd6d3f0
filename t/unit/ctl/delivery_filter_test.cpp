#include "ctl/delivery_filter.hpp"

#include <gtest/gtest.h>

#include "base/time.hpp"
#include "ctl/delivery_reader.hpp"
#include "ctl/failure.hpp"
#include "ctl/long_work.hpp"
#include "ctl/time.hpp"

namespace webhook::ctl {
namespace {

TEST(DeliveryFilter, StatusesAreNumbersClassesAndNone) {
    EXPECT_TRUE(StatusSet::parse("").contains(0));
    EXPECT_TRUE(StatusSet::parse("").contains(503));
    const StatusSet some = StatusSet::parse("5xx,429,none");
    for (const int status : {0, 429, 500, 599})
        EXPECT_TRUE(some.contains(status)) << status;
    for (const int status : {200, 428, 499, 600})
        EXPECT_FALSE(some.contains(status)) << status;
    EXPECT_TRUE(StatusSet::parse("4XX").contains(404));
    for (const char* bad : {"5x", "xxx", "0xx", "50", "5000", "099", "-1", "5xx,,4xx", "none,?", " 500"})
        EXPECT_THROW(StatusSet::parse(bad), Failure) << bad;
}

TEST(DeliveryFilter, TimesAreMomentsOrLengthsBeforeNow) {
    EXPECT_EQ(parse_when("10m", 1000000), 400000);
    EXPECT_EQ(parse_when("1760000000", 0), 1760000000000);
    EXPECT_EQ(parse_when("2025-10-09T08:53:20Z", 0), 1760000000000);
    EXPECT_FALSE(parse_when("yesterday", 0));
    EXPECT_FALSE(parse_when("-5m", 0));
    const TimeSpan all = TimeSpan::parse("", "");
    EXPECT_TRUE(all.contains(0) && all.contains(INT64_MAX));
    const TimeSpan hour = TimeSpan::parse("1h", "");
    EXPECT_TRUE(hour.contains(base::now_ms()));
    EXPECT_FALSE(hour.contains(base::now_ms() - 3700000));
    EXPECT_THROW(TimeSpan::parse("x", ""), Failure);
    EXPECT_THROW(TimeSpan::parse("", "x"), Failure);
}

Delivery delivery(const char* record) {
    return {{"s", 2}, "17-0/crm/3", 5, parse_object(record)};
}

TEST(DeliveryFilter, EveryOptionMustFit) {
    const Delivery one = delivery(
        R"({"event":"e1","webhook_id":"msg_00112233445566778899aabbccddeeff","entry":"17-0","source":"stripe",)"
        R"("type":"order.new","tenant":"acme","status":503,"reason":"exhausted"})");
    const auto fits = [&one](std::string DeliveryOptions::*field, const char* value) {
        DeliveryOptions options;
        EXPECT_TRUE(options.empty());
        options.*field = value;
        EXPECT_FALSE(options.empty());
        return DeliveryFilter(options).matches(one);
    };
    EXPECT_TRUE(DeliveryFilter({}).matches(one));
    EXPECT_TRUE(fits(&DeliveryOptions::endpoint, "crm"));
    EXPECT_FALSE(fits(&DeliveryOptions::endpoint, "cr"));
    EXPECT_TRUE(fits(&DeliveryOptions::type, "order.*"));
    EXPECT_FALSE(fits(&DeliveryOptions::type, "order"));
    EXPECT_TRUE(fits(&DeliveryOptions::source, "str*"));
    EXPECT_FALSE(fits(&DeliveryOptions::tenant, "ac"));
    EXPECT_TRUE(fits(&DeliveryOptions::status, "5xx"));
    EXPECT_FALSE(fits(&DeliveryOptions::status, "none"));
    EXPECT_TRUE(fits(&DeliveryOptions::reason, "exhausted"));
    EXPECT_FALSE(fits(&DeliveryOptions::reason, "overflow"));
    for (const char* name : {"e1", "17-0", "s:2/17-0", "msg_00112233445566778899aabbccddeeff",
                             "00112233445566778899aabbccddeeff"})
        EXPECT_TRUE(fits(&DeliveryOptions::event, name)) << name;
    for (const char* name : {"e", "17-1", "s:3/17-0", "msg_1"})
        EXPECT_FALSE(fits(&DeliveryOptions::event, name)) << name;
}

TEST(DeliveryFilter, AnUnreadableRecordFitsNoAttribute) {
    DeliveryOptions options;
    options.type = "*";
    EXPECT_TRUE(DeliveryFilter(options).matches(delivery("{}"))) << "* stands for nothing, too";
    options.type = "a*";
    EXPECT_FALSE(DeliveryFilter(options).matches(delivery("no JSON")));
}

TEST(ListPlace, IsWrittenAndReadBack) {
    const ListPlace place = ListPlace::of(delivery("{}"));
    EXPECT_EQ(place.text(), "5~s:2/17-0/crm/3");
    EXPECT_EQ(ListPlace::parse(place.text())->label, place.label);
    EXPECT_FALSE(ListPlace::parse(""));
    for (const char* bad : {"5", "~", "x~s", "-5~s"})
        EXPECT_THROW(ListPlace::parse(bad), Failure) << bad;
}

TEST(Pace, RatesHaveUnits) {
    EXPECT_FALSE(Pace::parse("").limited());
    EXPECT_EQ(Pace::parse("").slice(100), 100u);
    EXPECT_EQ(Pace::parse("50").slice(100), 5u);
    EXPECT_EQ(Pace::parse("50/s").slice(100), 5u);
    EXPECT_EQ(Pace::parse("6000/m").slice(100), 10u);
    EXPECT_EQ(Pace::parse("1/h").slice(100), 1u);
    EXPECT_EQ(Pace::parse("100000/s").slice(100), 100u);
    for (const char* bad : {"0", "0/s", "x", "5/", "5/d", "/s", "-5/s", "5 /s"})
        EXPECT_THROW(Pace::parse(bad), Failure) << bad;
}

}  // namespace
}  // namespace webhook::ctl
