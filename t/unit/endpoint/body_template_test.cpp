#include "endpoint/body_template.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "t/unit/endpoint/support.hpp"

namespace webhook::endpoint {
namespace {

using Json = nlohmann::json;
using Result = Renderer::Result;

std::optional<std::string> find_secret(std::string_view name, std::string* problem) {
    if (name == "key") return "k3y";
    *problem = "secret:" + std::string(name) + " is not there";
    return {};
}

RenderInput input_of(const EventValues& event) {
    return {event, 1700000000123, "msg_1", 2, find_secret};
}

/// What a template gives, or "! WHERE: WHAT".
std::string render(const std::string& json, const EventValues& event) {
    std::vector<PlacedError> errors;
    const auto body = JsonTemplate::parse(Json::parse(json), "body.json", &errors);
    if (!body) return "? " + errors.at(0).where + ": " + errors.at(0).what;
    const RenderInput input = input_of(event);
    Renderer renderer(input);
    std::string out;
    const Result result = body->render(&renderer, &out);
    if (result == Result::failed) return "! " + renderer.problem().where + ": " + renderer.problem().what;
    return result == Result::left_out ? "left out" : out;
}

std::string render_text(const std::string& text, const EventValues& event) {
    return render(Json(text).dump(), event);
}

const TestEvent order(
    {{"id", "evt_1"},
     {"type", "order.paid"},
     {"time", "2023-11-14T22:13:20Z"},
     {"query", "click=c%201&empty="},
     {"data",
      R"({"id":9007199254740993,"sum":"19.90","email":" Ann@Example.COM ","ok":true,"none":null,)"
      R"("empty":"","tags":["a","b"],"at":1700000000,"lines":[{"sku":"x","n":2,"sub":[1,2]},{"sku":"y<","n":1}]})"}});

TEST(BodyTemplate, ALeafThatIsOneExpressionKeepsItsType) {
    EXPECT_EQ(
        render(
            R"({"id":"{/id}","ok":"{/ok}","none":"{/none}","tags":"{/tags}","sum":"{/sum}","fixed":1.5,"text":"#{/id}: {type}"})",
            order),
        R"({"fixed":1.5,"id":9007199254740993,"none":null,"ok":true,"sum":"19.90","tags":["a","b"],"text":"#9007199254740993: order.paid"})");
}

TEST(BodyTemplate, WhatMayBeMissingIsLeftOut) {
    EXPECT_EQ(render(R"({"a":"{/x?}","b":"{/ok}","c":["{/x?}","{/sum}","at {/x?}"]})", order),
              R"({"b":true,"c":["19.90"]})");
    EXPECT_EQ(render(R"({"a":"{/x|default:n/a}","e":"{/empty|default:none}"})", order),
              R"({"a":"n/a","e":"none"})");
    EXPECT_EQ(render(R"({"user":{"name":"{/x}"}})", order), "! body.json.user.name: {/x} is missing");
    EXPECT_EQ(render(R"({"user":{"mail":"{/empty|trim|lower|sha256}"}})", order),
              "! body.json.user.mail: {/empty|trim|lower|sha256} is missing");
    EXPECT_EQ(render(R"({"a":"{/none} units"})", order), "! body.json.a: {/none} is null");
}

TEST(BodyTemplate, Each) {
    EXPECT_EQ(
        render(
            R"({"items":{"$each":"/lines","$as":{"sku":"{/sku|html}","order":"{^/id}","n":"{/n|mul:10}"}}})",
            order),
        R"({"items":[{"n":20,"order":9007199254740993,"sku":"x"},{"n":10,"order":9007199254740993,"sku":"y&lt;"}]})");
    EXPECT_EQ(render(R"({"$each":"/tags","$as":"{@}-{^/type|default:t}"})", order), R"(["a-t","b-t"])");
    EXPECT_EQ(render(R"({"$each":"/lines","$as":{"$each":"/sub?","$as":"{@}{^/sku}{^^/id}"}})", order),
              R"([["1x9007199254740993","2x9007199254740993"]])");
    EXPECT_EQ(render(R"({"a":{"$each":"/x?","$as":"{@}"},"b":1})", order), R"({"b":1})");
    EXPECT_EQ(render(R"({"$each":"/sum","$as":"{@}"})", order), "! body.json: {/sum} is no list");
    EXPECT_EQ(render(R"({"$other":"plain"})", order), R"({"$other":"plain"})");
}

TEST(BodyTemplate, Filters) {
    const std::pair<const char*, const char*> cases[] = {
        {"{/email|trim|lower}", "\"ann@example.com\""},
        {"{type|upper}", "\"ORDER.PAID\""},
        {"{/sum|number}", "19.90"},
        {"{/id|string}", "\"9007199254740993\""},
        {"{/ok|string}", "\"true\""},
        {"{/sum|mul:100}", "1990"},
        {"{/sum|div:3|round:2}", "6.63"},
        {"{/sum|add:0.1}", "20"},
        {"{type|map:order.paid:purchase:order.refunded:refund}", "\"purchase\""},
        {"{type|map:x:y|default:other}", "\"other\""},
        {"{type|truncate:5}", "\"order\""},
        {"{type|replace:'.':': '}", "\"order: paid\""},
        {"{type|split:.|last}", "\"paid\""},
        {"{type|split:.|first}", "\"order\""},
        {"{/tags|join:', '}", "\"a, b\""},
        {"{/tags|json}", R"("[\"a\",\"b\"]")"},
        {"{/at|date:rfc3339}", "\"2023-11-14T22:13:20Z\""},
        {"{time|date:unix}", "1700000000"},
        {"{now|date:unix_us}", "1700000000123000"},
        {"{now}", "1700000000123"},
        {"{time|date:%d.%m.%Y %H:%M}", "\"14.11.2023 22:13\""},
        {"{query.click|url}", "\"c%201\""},
        {"{webhook-id}/{attempt}", "\"msg_1/2\""},
    };
    for (const auto& [text, expected] : cases)
        EXPECT_EQ(render_text(text, order), expected) << text;
}

// Digests by `printf TEXT | sha256sum` and openssl's `dgst -hmac`.
TEST(BodyTemplate, Digests) {
    const TestEvent event(Fields{{"id", "abc"}});
    EXPECT_EQ(render_text("{id|sha256}", event),
              "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"");
    EXPECT_EQ(render_text("{id|sha256|base64}", event), "\"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\"");
    EXPECT_EQ(render_text("{id|md5}", event), "\"900150983cd24fb0d6963f7d28e17f72\"");
    EXPECT_EQ(render_text("{id|sha1|hex|upper}", event), "\"A9993E364706816ABA3E25717850C26C9CD0D89D\"");
    EXPECT_EQ(render_text("{id|base64}", event), "\"YWJj\"");
    EXPECT_EQ(render_text("{id|hmac:secret:key}", event),
              "\"d56864edb74c48afafc698754827330607e756cf7f897996c7383ccc288df574\"");
    EXPECT_EQ(render_text("{id|hmac:secret:other}", event),
              "! body.json: {id|hmac:...}: secret:other is not there");
}

TEST(BodyTemplate, ValuesThatDoNotFit) {
    const std::pair<const char*, const char*> cases[] = {
        {"{type|number}", "! body.json: {type|number}: \"order.paid\" is no number"},
        {"{/lines|mul:2}", "is no number"},
        {"{type|bool}", "is neither true nor false"},
        {"{type|date:unix}", "is no time"},
        {"{type|first}", "is no list"},
        {"{type|join:,}", "is no list"},
    };
    for (const auto& [text, expected] : cases)
        EXPECT_NE(render_text(text, order).find(expected), std::string::npos)
            << text << ": " << render_text(text, order);
}

TEST(BodyTemplate, InvalidUtf8BecomesTheReplacementCharacter) {
    const TestEvent event(Fields{{"query", "a=x%ffy"}});
    EXPECT_EQ(render_text("{query.a}", event), "\"x\xef\xbf\xbdy\"");
    EXPECT_TRUE(Json::accept(render_text("<{query.a}>", event)));
}

TEST(BodyTemplate, WhatIsRefused) {
    const std::pair<const char*, const char*> cases[] = {
        {R"("{")", "a value is missing"},
        {R"("a } b")", "a single \"}\""},
        {R"("{id")", "is not closed"},
        {R"("{idd}")", "did you mean \"id\""},
        {R"("{id|lowr}")", "did you mean \"lower\""},
        {R"("{id|truncate}")", "wants 1 argument"},
        {R"("{id|lower:x}")", "takes no argument"},
        {R"("{id|truncate:x}")", "wants a number"},
        {R"("{id|map:a:b:c}")", "wants pairs"},
        {R"("{id|div:0}")", "another divisor"},
        {R"("{id|round:21}")", "0 to 20"},
        {R"("{id|hmac:key:x}")", "hmac:secret:NAME"},
        {R"("{id|hmac:secret:../x}")", "secret"},
        {R"("{secret:/etc/passwd}")", "secret"},
        {R"("{id|default:'x}")", "a quote is not closed"},
        {R"("{id|default:'x'y}")", "is missing after a quote"},
        {R"({"$each":"/a"})", "must be {\"$each\""},
        {R"({"$each":"/a","$as":1,"x":1})", "must be {\"$each\""},
        {R"({"$each":1,"$as":1})", "$each: must be a text"},
    };
    for (const auto& [json, expected] : cases) {
        const std::string got = render(json, order);
        EXPECT_EQ(got.substr(0, 2), "? ") << json;
        EXPECT_NE(got.find(expected), std::string::npos) << json << ": " << got;
    }
    EXPECT_EQ(render(R"("{{id}} {{}}")", order), R"("{id} {}")");
    std::string deep = "1";
    for (int i = 0; i < 32; ++i)
        deep = "[" + deep + "]";
    EXPECT_EQ(render(deep, order).substr(0, 2), "? ");
    Json many = Json::array();
    for (int i = 0; i < 257; ++i)
        many.push_back("{id}");
    EXPECT_EQ(render(many.dump(), order).substr(0, 2), "? ");
}

TEST(BodyTemplate, Bounds) {
    Json list = Json::array();
    for (int i = 0; i < 10001; ++i)
        list.push_back(i);
    EXPECT_EQ(render(R"({"$each":"/l","$as":"{@}"})", TestEvent(Json{{"l", list}}.dump())),
              "! body.json: makes more than 10000 elements");
    const TestEvent large(Json{{"t", std::string(900000, 'x')}}.dump());
    EXPECT_EQ(render(R"(["{/t}","{/t}","x"])", large), "! body.json[2]: the body is more than 1 MiB");
    EXPECT_EQ(render(R"("{/t}{/t}")", large), "! body.json: is more than 1 MiB");
}

TEST(FormTemplate, PairsArePercentEncoded) {
    std::vector<PlacedError> errors;
    const auto form = FormTemplate::parse(Json::parse(R"({"a b":"{query.click}","c":"{/x?}","d":"{/sum}&"})"),
                                          "body.form", &errors);
    ASSERT_TRUE(form);
    const RenderInput input = input_of(order);
    Renderer renderer(input);
    std::string out;
    EXPECT_EQ(form->render(&renderer, &out), Result::done);
    EXPECT_EQ(out, "a%20b=c%201&d=19.90%26");
    EXPECT_FALSE(FormTemplate::parse(Json::parse(R"({"a":1})"), "body.form", &errors));
    EXPECT_EQ(errors.at(0).where, "body.form.a");
}

}  // namespace
}  // namespace webhook::endpoint
