// What webhookctl reads from its command line and prints on a terminal.

#include <gtest/gtest.h>

#include <cstdlib>

#include "ctl/delivery.hpp"
#include "ctl/failure.hpp"
#include "ctl/input.hpp"
#include "ctl/output.hpp"
#include "ctl/recent_ids.hpp"
#include "ctl/redis.hpp"
#include "ctl/sample.hpp"
#include "ctl/listed_event.hpp"
#include "ctl/table.hpp"
#include "ctl/time.hpp"
#include "signature/catalogue/lookup.hpp"

namespace webhook::ctl {
namespace {

TEST(Printable, EscapesWhatCouldMoveTheCursor) {
    EXPECT_EQ(printable("plain"), "plain");
    EXPECT_EQ(printable("Zoë 日本"), "Zoë 日本");
    EXPECT_EQ(printable("a\nb\tc\r"), "a\\nb\\tc\\r");
    EXPECT_EQ(printable("\033[2J"), "\\x1b[2J");
    EXPECT_EQ(printable(std::string_view("\0\x7f", 2)), "\\x00\\x7f");
    EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b") << "C1 control";
    EXPECT_EQ(printable("\xe2\x80\xae"), "\\xe2\\x80\\xae") << "right-to-left override";
    EXPECT_EQ(printable_text("a\n\tb\r"), "a\n\tb\\r");
}

TEST(Printable, EscapesBytesThatAreNotUtf8) {
    EXPECT_EQ(printable("\xff"), "\\xff");
    EXPECT_EQ(printable("\xc0\x80"), "\\xc0\\x80") << "overlong";
    EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82") << "cut off";
    EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "surrogate";
    EXPECT_EQ(printable("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80") << "beyond the last character";
}

TEST(IsText, TellsTextFromBytes) {
    EXPECT_TRUE(is_text(""));
    EXPECT_TRUE(is_text("{\"a\":\"é\"}\n"));
    EXPECT_FALSE(is_text("\xff\xfe"));
    EXPECT_FALSE(is_text(std::string_view("a\0b", 3)));
}

TEST(Shorten, CountsCharactersNotBytes) {
    EXPECT_EQ(shorten("éééé", 4), "éééé");
    EXPECT_EQ(shorten("éééééé", 5), "éé...");
    EXPECT_EQ(shorten("abcdef", 6), "abcdef");
}

TEST(Base64, Pads) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("a"), "YQ==");
    EXPECT_EQ(base64("abc"), "YWJj");
}

TEST(Table, Aligns) {
    Table table({{"NAME"}, {"N", true}, {"TEXT", false, 6}});
    table.add({"é", "7", "abcdefgh"});
    table.add({"long", "1234", ""});
    EXPECT_EQ(table.text(),
              "NAME     N  TEXT\n"
              "é        7  abc...\n"
              "long  1234  -\n");
}

TEST(Time, Formats) {
    EXPECT_EQ(format_span(200), "0.2s");
    EXPECT_EQ(format_span(45000), "45s");
    EXPECT_EQ(format_span(300000), "5m");
    EXPECT_EQ(format_span(9000000), "2h30m");
    EXPECT_EQ(format_span(-300000), "-5m");
    EXPECT_EQ(format_bytes(512), "512");
    EXPECT_EQ(format_bytes(1536), "1.5k");
}

TEST(Time, ReadsClocks) {
    EXPECT_EQ(parse_clock("1760000000"), 1760000000000);
    EXPECT_EQ(parse_clock("1760000000.5"), 1760000000500);
    EXPECT_EQ(parse_clock("2025-10-09T08:53:20Z"), 1760000000000);
    for (const char* bad :
         {"", "x", "1760000000x", "-1", "1760000000123", "2025-10-09", "2025-10-09T08:53:20Zx"}) {
        EXPECT_FALSE(parse_clock(bad)) << bad;
    }
}

TEST(RedisAddress, UrlOrPasswordOfTheEnvironment) {
    EXPECT_THROW(redis_address("http://h"), Failure);
    setenv("WEBHOOK_REDIS_PASSWORD", "secret", 1);
    EXPECT_EQ(redis_address("redis://h").password, "secret");
    EXPECT_EQ(redis_address("redis://:own@h").password, "own");
    unsetenv("WEBHOOK_REDIS_PASSWORD");
}

TEST(Input, HeadersAndAssignments) {
    EXPECT_EQ(parse_header("X-A:  b c "), (std::pair<std::string, std::string>("X-A", "b c")));
    EXPECT_EQ(parse_header("X-A:"), (std::pair<std::string, std::string>("X-A", "")));
    EXPECT_THROW(parse_header("X-A"), Failure);
    EXPECT_THROW(parse_header(": b"), Failure);
    EXPECT_THROW(parse_header("X-A: b\r\nX-B: c"), Failure);
    EXPECT_EQ(parse_assignment("a=b=c"), (std::pair<std::string, std::string>("a", "b=c")));
    EXPECT_THROW(parse_assignment("=b"), Failure);
}

TEST(Input, Secrets) {
    EXPECT_EQ(read_secret("literal"), "literal");
    EXPECT_THROW(read_secret(""), Failure);
    EXPECT_THROW(read_secret("file:/does/not/exist"), Failure);
    EXPECT_THROW(read_secret("env:WEBHOOK_TEST_NOT_SET"), Failure);
    setenv("WEBHOOK_TEST_SECRET", "x", 1);
    EXPECT_EQ(read_secret("env:WEBHOOK_TEST_SECRET"), "x");
}

TEST(Delivery, TakesIdsApart) {
    EXPECT_EQ(entry_of("17-0/crm"), "17-0");
    EXPECT_EQ(endpoint_of("17-0/crm"), "crm");
    EXPECT_EQ(endpoint_of("17-0/crm/2"), "crm");
    EXPECT_EQ(endpoint_of("17-0"), "");
    Partition partition;
    std::string_view rest;
    EXPECT_TRUE(parse_partition_label("a.b:12/17-0/crm", &partition, &rest));
    EXPECT_EQ(partition.stream, "a.b");
    EXPECT_EQ(partition.number, 12U);
    EXPECT_EQ(rest, "17-0/crm");
    for (const char* bad : {"17-0/crm", "a:x/17-0", "a:1", ":1/17-0", "a b:1/17-0"}) {
        EXPECT_FALSE(parse_partition_label(bad, &partition, &rest)) << bad;
    }
}

TEST(RecentIds, ForgetsTheOldest) {
    RecentIds ids(2);
    EXPECT_TRUE(ids.insert("a"));
    EXPECT_FALSE(ids.insert("a"));
    EXPECT_TRUE(ids.insert("b"));
    EXPECT_FALSE(ids.insert("a"));
    EXPECT_TRUE(ids.insert("c"));
    EXPECT_TRUE(ids.insert("d"));
    EXPECT_TRUE(ids.insert("a"));
}

TEST(Samples, PutIdAndTypeWhereTheSchemeLooks) {
    const auto* stripe = signature::find_scheme("stripe");
    const Json body = parse_json(sample_body(*stripe, "evt_1", "invoice.paid"));
    EXPECT_EQ(text_of(body, "id"), "evt_1");
    EXPECT_EQ(text_of(body, "type"), "invoice.paid");
    const auto* shopify = signature::find_scheme("shopify");
    EXPECT_TRUE(parse_json(sample_body(*shopify, "1", "t")).is_object());
    EXPECT_EQ(with_number("{n}-x-{n}", 12), "12-x-12");
    for (const auto name : signature::scheme_names()) {
        const signature::Scheme& scheme = *signature::find_scheme(name);
        const std::string sample = sample_body(scheme, "1", "t");
        if (signature::signs_form(scheme)) {
            EXPECT_NE(sample.find("message=hello"), std::string::npos) << name;
        } else {
            EXPECT_TRUE(parse_json(sample).is_object()) << name;
        }
    }
}

}  // namespace
}  // namespace webhook::ctl
