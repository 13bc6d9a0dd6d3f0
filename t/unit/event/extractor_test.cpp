#include "event/extractor.hpp"

#include <gtest/gtest.h>

#include "base/json_scan.hpp"
#include "base/urlencoded.hpp"
#include "base/utf8.hpp"
#include "event/template.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::event {
namespace {

using test::PlainRequest;
using Sources = std::vector<std::string>;

std::unique_ptr<Extractor> make(Sources id, Sources type = {}, Sources tenant = {}, Sources partition = {}) {
    std::string error;
    auto extractor =
        Extractor::make({std::move(id), std::move(type), std::move(tenant), std::move(partition)}, &error);
    EXPECT_TRUE(extractor) << error;
    return extractor;
}

Extractor::Values extract(const Extractor& extractor, const Request& request,
                          std::size_t json_max = 1 << 20) {
    Extractor::Values values;
    values.id = "left over";
    values.type = "left over";
    extractor.extract(request, json_max, &values);
    return values;
}

std::string json_id(const std::string& body, const std::string& pointer,
                    const std::vector<std::size_t>& cuts = {}) {
    PlainRequest request;
    request.set_body(body, cuts);
    return extract(*make({"json:" + pointer}), request).id;
}

TEST(Extractor, JsonValues) {
    const std::string body =
        R"({"s":"t\u00e9xt","n":1.50e3,"big":12345678901234567890123,"t":true,"f":false,"z":null,"o":{"x":1},"a":[[],{"id":"deep"},"e"],"a/b":{"m~n":"esc"},"":"empty","e":""})";
    EXPECT_EQ(json_id(body, "/s"), "t\xc3\xa9xt");
    EXPECT_EQ(json_id(body, "/n"), "1.50e3");
    EXPECT_EQ(json_id(body, "/big"), "12345678901234567890123");
    EXPECT_EQ(json_id(body, "/t"), "true");
    EXPECT_EQ(json_id(body, "/f"), "false");
    EXPECT_EQ(json_id(body, "/z"), "");
    EXPECT_EQ(json_id(body, "/o"), "");
    EXPECT_EQ(json_id(body, "/a"), "");
    EXPECT_EQ(json_id(body, "/o/x"), "1");
    EXPECT_EQ(json_id(body, "/o/x/y"), "");
    EXPECT_EQ(json_id(body, "/a/1/id"), "deep");
    EXPECT_EQ(json_id(body, "/a/2"), "e");
    EXPECT_EQ(json_id(body, "/a/3"), "");
    EXPECT_EQ(json_id(body, "/a/02"), "");
    EXPECT_EQ(json_id(body, "/a~1b/m~0n"), "esc");
    EXPECT_EQ(json_id(body, "/"), "empty");
    EXPECT_EQ(json_id("\"root\"", ""), "root");
    EXPECT_EQ(json_id("17", ""), "17");
    EXPECT_EQ(json_id("[5,6]", "/1"), "6");
    EXPECT_EQ(json_id("{\"1\":\"key\"}", "/1"), "key");
}

TEST(Extractor, DoubledBracketsAreBrackets) {
    PlainRequest request;
    request.set_body(R"({"a":"v"})");
    EXPECT_EQ(extract(*make({"[[{json:/a};{json:/b}]]"}), request).id, "[v;]");
    EXPECT_EQ(extract(*make({"[[[{json:/a}]]]{json:/a}"}), request).id, "[v]v")
        << "a bracket around optional text";
    EXPECT_EQ(extract(*make({"[[[{json:/b}]]]{json:/a}"}), request).id, "[]v");
}

TEST(Extractor, FirstOfRepeatedKeysCounts) {
    EXPECT_EQ(json_id(R"({"id":"a","id":"b"})", "/id"), "a");
    EXPECT_EQ(json_id(R"({"id":null,"id":"b"})", "/id"), "");
    EXPECT_EQ(json_id(R"({"o":{"y":1},"o":{"id":"b"}})", "/o/id"), "");
    EXPECT_EQ(json_id(R"({"o":1,"o":{"id":"b"}})", "/o/id"), "");
    EXPECT_EQ(json_id(R"({"x":{"id":"no"},"id":"yes"})", "/id"), "yes");
}

TEST(Extractor, BodyMayBeCutAnywhere) {
    const std::string body = R"({"data":{"id":"\u00fc\"x","n":-12.5},"type":"a.b"})";
    const auto extractor = make({"json:/data/id"}, {"json:/type"}, {"json:/data/n"});
    for (std::size_t i = 0; i <= body.size(); ++i) {
        for (std::size_t j = i; j <= body.size(); ++j) {
            PlainRequest request;
            request.set_body(body, {i, j});
            const Extractor::Values values = extract(*extractor, request);
            ASSERT_EQ(values.id, "\xc3\xbc\"x");
            ASSERT_EQ(values.type, "a.b");
            ASSERT_EQ(values.tenant, "-12.5");
        }
    }
}

TEST(Extractor, WhatIsNotJsonYieldsNothing) {
    const auto extractor = make({"json:/id"}, {"json:/type"});
    for (const std::string& body :
         {std::string(), std::string("{"), std::string("{\"id\":\"a\",}"), std::string("id=a"),
          std::string("{\"id\":\"a\"} x"), std::string("{\"id\":\"\xff\"}"),
          std::string("{\"x\":\"\xff\",\"id\":\"a\"}"), std::string("{\"id\":\"\xc0\x80\"}"),
          std::string("{\"id\":\"a\",\0\"type\":1}", 20), std::string("{\"id\":\"a\" \"type\":\"b\"}")}) {
        PlainRequest request;
        request.set_body(body);
        const Extractor::Values values = extract(*extractor, request);
        EXPECT_EQ(values.id, "") << body;
        EXPECT_EQ(values.type, "") << body;
        EXPECT_FALSE(values.parsed) << body;
    }
}

TEST(Extractor, EndsWhenEverythingIsFound) {
    PlainRequest request;
    request.set_body(R"({"id":"a","type":"b", this is not JSON)");
    const Extractor::Values values = extract(*make({"json:/id"}, {"json:/type"}), request);
    EXPECT_TRUE(values.parsed);
    EXPECT_EQ(values.id, "a");
    EXPECT_EQ(values.type, "b");
}

TEST(Extractor, EarlierSourceEndsThePassForLaterOnes) {
    PlainRequest request;
    request.set_body(R"({"best":"a","second" broken)");
    EXPECT_EQ(extract(*make({"json:/best", "json:/second"}), request).id, "a");
    EXPECT_EQ(extract(*make({"json:/second", "json:/best"}), request).id, "");
    request.set_body(R"({"second":"b","best":"a"})");
    EXPECT_EQ(extract(*make({"json:/best", "json:/second"}), request).id, "a");
    request.set_body(R"({"second":"b","best":""})");
    EXPECT_EQ(extract(*make({"json:/best", "json:/second"}), request).id, "b");
}

TEST(Extractor, NoPassWhenHeadersAreEnough) {
    PlainRequest request;
    request.set_body("not json");
    request.set_header("X-Id", "h");
    const Extractor::Values values = extract(*make({"header:X-Id", "json:/id"}), request);
    EXPECT_EQ(values.id, "h");
    EXPECT_TRUE(values.parsed);
}

TEST(Extractor, OneFieldByHeaderAnotherByJson) {
    PlainRequest request;
    request.set_header("X-Id", "h");
    request.set_body(R"({"type":"t", not read)");
    const Extractor::Values values = extract(*make({"header:X-Id", "json:/id"}, {"json:/type"}), request);
    EXPECT_EQ(values.id, "h");
    EXPECT_EQ(values.type, "t");
}

TEST(Extractor, LargeBodiesAreNotParsed) {
    PlainRequest request;
    request.set_body(R"({"id":"a"})");
    const auto extractor = make({"json:/id"});
    EXPECT_EQ(extract(*extractor, request, 10).id, "a");
    const Extractor::Values values = extract(*extractor, request, 9);
    EXPECT_EQ(values.id, "");
    EXPECT_FALSE(values.parsed);
}

TEST(Extractor, DepthIsBounded) {
    const auto nested = [](std::size_t depth) {
        return "{\"x\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + ",\"id\":\"a\"}";
    };
    EXPECT_EQ(json_id(nested(base::max_json_depth), "/id"), "a");
    EXPECT_EQ(json_id(nested(base::max_json_depth + 1), "/id"), "");
    EXPECT_EQ(json_id(std::string(1000000, '['), "/id"), "");
}

TEST(Extractor, Forms) {
    PlainRequest request;
    request.set_header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    request.set_body("a=1&trigger_id=x%2By+z&payload=%7B%22x%22%3A%7B%22id%22%3A%22in%22%7D%7D", {3, 20});
    EXPECT_EQ(extract(*make({"json:/event_id", "form:trigger_id"}), request).id, "x+y z");
    EXPECT_EQ(extract(*make({"form:payload>json:/x/id"}), request).id, "in");
    EXPECT_EQ(extract(*make({"form:payload>json:/y"}), request).id, "");
    request.set_header("Content-Type", "application/json");
    EXPECT_EQ(extract(*make({"form:trigger_id"}), request).id, "");
}

TEST(Extractor, JsonInJson) {
    EXPECT_EQ(json_id(R"({"m":"{\"id\":\"inner\"}"})", "/m>json:/id"), "inner");
}

TEST(Extractor, Templates) {
    PlainRequest request;
    request.set_url("https://h.example/p?cid=A%20b&txid=9");
    request.set_body(R"({"a":"x"})");
    EXPECT_EQ(extract(*make({"{query:cid}:{query:txid}"}), request).id, "A b:9");
    EXPECT_EQ(extract(*make({"{query:cid|lower}-{json:/a}-{method}"}), request).id, "a b-x-POST");
    EXPECT_EQ(extract(*make({"{query:none}:{json:/none}", "query:txid"}), request).id, "9");
    EXPECT_EQ(extract(*make({"{query:none}:{query:txid}"}), request).id, ":9");
}

TEST(Extractor, BodyHash) {
    PlainRequest request;
    request.set_body("abc", {1});
    const std::string hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    EXPECT_EQ(extract(*make({"sha256:body"}), request).id, hash);
}

TEST(Extractor, MistakesAreNamed) {
    const auto error_of = [](const std::string& text) {
        std::string error;
        EXPECT_FALSE(Extractor::make({{text}, {}, {}, {}}, &error));
        return error;
    };
    EXPECT_EQ(error_of("nonsense"),
              "\"nonsense\" is not a source such as header:NAME, query:NAME or json:/a/b");
    EXPECT_EQ(error_of("header:"), "\"header:\" lacks a name");
    EXPECT_EQ(error_of("header:a b"), "\"header:a b\" is not a header name");
    EXPECT_EQ(error_of("json:x"), "\"json:x\" is not a JSON pointer");
    EXPECT_EQ(error_of("json:/~2"), "\"json:/~2\" is not a JSON pointer");
    EXPECT_EQ(error_of("config:x"),
              "\"config:x\" is not a source such as header:NAME, query:NAME or json:/a/b");
    EXPECT_EQ(error_of("{secret}"),
              "\"secret\" is not a source such as header:NAME, query:NAME or json:/a/b");
    EXPECT_EQ(error_of("form:x>header:y"),
              "\"header:y\" cannot stand after \">\": only json:, form:, xml: and base64 can");
}

TEST(Urlencoded, Params) {
    EXPECT_EQ(base::find_param("a=1&b=2&a=3", "a").raw, "1");
    EXPECT_EQ(base::find_param("a=1&b=2&a=3", "a").count, 2u);
    EXPECT_EQ(base::find_param("&&b&=c&", "b").count, 1u);
    EXPECT_EQ(base::find_param("aa=1", "a").count, 0u);
    EXPECT_EQ(base::find_param("%61=1", "a").count, 1u);
    std::string out;
    base::decode("%4a+%zz%4%", &out);
    EXPECT_EQ(out, "J %zz%4%");
    out.clear();
    base::encode("a b/\xc3\xa9~", &out);
    EXPECT_EQ(out, "a%20b%2F%C3%A9~");
}

TEST(Utf8, Strict) {
    for (const char* good :
         {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xed\x9f\xbf", "\xf0\x9f\x9a\x80", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_TRUE(base::valid_utf8(good)) << good;
    }
    for (const char* bad : {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                            "\xf4\x90\x80\x80", "\xff", "\xe2\x82", "\xc3g"}) {
        EXPECT_FALSE(base::valid_utf8(bad)) << bad;
    }
}

TEST(Template, Without) {
    const auto without = [](std::string value) {
        Filter filter{Filter::Kind::without, "h"};
        filter.of_url = base::starts_with(value, "https:");
        apply_filter(filter, {}, &value);
        return value;
    };
    EXPECT_EQ(without("https://x/p?a=1&h=2&b=3"), "https://x/p?a=1&b=3");
    EXPECT_EQ(without("https://x/p?a=1&h=2"), "https://x/p?a=1");
    EXPECT_EQ(without("https://x/p?h=2"), "https://x/p");
    EXPECT_EQ(without("https://x/p?h=2&a=1&&b"), "https://x/p?a=1&&b");
    EXPECT_EQ(without("https://x/h=2?hh=2"), "https://x/h=2?hh=2");
    EXPECT_EQ(without("https://x/a&h=2"), "https://x/a&h=2");
    EXPECT_EQ(without("h=2&a=b?c"), "a=b?c");
    EXPECT_EQ(without("a=b?c&h=2"), "a=b?c");
    EXPECT_EQ(without("a=?"), "a=?");
}

}  // namespace
}  // namespace webhook::event
