#include "endpoint/condition.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "t/unit/endpoint/support.hpp"

namespace webhook::endpoint {
namespace {

using Json = nlohmann::json;

std::optional<Condition> parse(const std::string& json, std::string* error = nullptr) {
    std::vector<PlacedError> errors;
    auto condition = Condition::parse(Json::parse(json), "where", &errors);
    EXPECT_EQ(condition.has_value(), errors.empty());
    if (error != nullptr && !errors.empty()) *error = errors[0].where + ": " + errors[0].what;
    return condition;
}

bool holds(const std::string& json, const EventValues& event) {
    const auto condition = parse(json);
    return condition && condition->holds(event);
}

/// One test of /v, and for which values it holds.
struct Row {
    const char* test;
    /// In the order of `kinds` below.
    bool missing, null, text, number, boolean, list, object, no_json;
};

const char* const kinds[] = {
    R"({"w":1})",    R"({"v":null})",        R"({"v":"abc"})",   R"({"v":5})",
    R"({"v":true})", R"({"v":["abc",5,7]})", R"({"v":{"a":1}})", "v=abc",
};

const Row table[] = {
    {R"("abc")", 0, 0, 1, 0, 0, 1, 0, 0},
    {R"({"$eq":"abc"})", 0, 0, 1, 0, 0, 1, 0, 0},
    {R"({"$eq":5})", 0, 0, 0, 1, 0, 1, 0, 0},
    {R"({"$eq":true})", 0, 0, 0, 0, 1, 0, 0, 0},
    {R"({"$eq":null})", 0, 1, 0, 0, 0, 0, 0, 0},
    {R"({"$ne":"abc"})", 1, 1, 0, 1, 1, 0, 1, 1},
    {R"({"$ne":5})", 1, 1, 1, 0, 1, 0, 1, 1},
    {R"({"$ne":null})", 1, 0, 1, 1, 1, 1, 1, 1},
    {R"({"$gt":4})", 0, 0, 0, 1, 0, 0, 0, 0},
    {R"({"$gt":5})", 0, 0, 0, 0, 0, 0, 0, 0},
    {R"({"$gte":5})", 0, 0, 0, 1, 0, 0, 0, 0},
    {R"({"$lt":6})", 0, 0, 0, 1, 0, 0, 0, 0},
    {R"({"$lte":4.9})", 0, 0, 0, 0, 0, 0, 0, 0},
    {R"({"$gt":"abb"})", 0, 0, 1, 0, 0, 0, 0, 0},
    {R"({"$lte":"abc"})", 0, 0, 1, 0, 0, 0, 0, 0},
    {R"({"$in":["abc",5]})", 0, 0, 1, 1, 0, 1, 0, 0},
    {R"({"$in":[]})", 0, 0, 0, 0, 0, 0, 0, 0},
    {R"({"$nin":["abc",5]})", 1, 1, 0, 0, 1, 0, 1, 1},
    {R"({"$nin":[]})", 1, 1, 1, 1, 1, 1, 1, 1},
    {R"({"$contains":"b"})", 0, 0, 1, 0, 0, 0, 0, 0},
    {R"({"$contains":"abc"})", 0, 0, 1, 0, 0, 1, 0, 0},
    {R"({"$contains":7})", 0, 0, 0, 0, 0, 1, 0, 0},
    {R"({"$startsWith":"ab"})", 0, 0, 1, 0, 0, 0, 0, 0},
    {R"({"$endsWith":"bc"})", 0, 0, 1, 0, 0, 0, 0, 0},
    {R"({"$exists":true})", 0, 1, 1, 1, 1, 1, 1, 0},
    {R"({"$exists":false})", 1, 0, 0, 0, 0, 0, 0, 1},
    {R"({"$not":{"$eq":5}})", 1, 1, 1, 0, 1, 0, 1, 1},
    {R"({"$not":"abc"})", 1, 1, 0, 1, 1, 0, 1, 1},
    {R"({"$gt":4,"$lt":6})", 0, 0, 0, 1, 0, 0, 0, 0},
};

TEST(Condition, EveryTestOfEveryKindOfValue) {
    for (const Row& row : table) {
        const bool expected[] = {row.missing, row.null, row.text,   row.number,
                                 row.boolean, row.list, row.object, row.no_json};
        for (std::size_t i = 0; i < std::size(kinds); ++i) {
            const TestEvent event{std::string(kinds[i])};
            EXPECT_EQ(holds(std::string(R"({"/v":)") + row.test + "}", event), expected[i])
                << row.test << " of " << kinds[i];
        }
    }
}

TEST(Condition, ATextBesideANumberIsReadAsOne) {
    const TestEvent event(std::string(R"({"v":"19.90","big":9007199254740993,"word":"19x"})"));
    EXPECT_TRUE(holds(R"({"/v":19.9})", event));
    EXPECT_TRUE(holds(R"({"/v":{"$gt":19}})", event));
    EXPECT_FALSE(holds(R"({"/word":{"$gt":1}})", event));
    EXPECT_TRUE(holds(R"({"/big":{"$gt":9007199254740992}})", event));
    EXPECT_FALSE(holds(R"({"/big":9007199254740992})", event));
    EXPECT_FALSE(holds(R"({"/big":"9007199254740993"})", event)) << "a number beside a text is no text";
}

TEST(Condition, ValuesOfTheEvent) {
    const TestEvent event(Fields{{"type", "order.paid"},
                                 {"query", "status=approved&sum=5&none="},
                                 {"data", "a=1&b=x%20y"},
                                 {"headers", R"({"X-Kind":["big","small"]})"}});
    EXPECT_TRUE(holds(R"({"type":{"$startsWith":"order."},"query.status":"approved"})", event));
    EXPECT_TRUE(holds(R"({"query.sum":{"$gte":5}})", event));
    EXPECT_TRUE(holds(R"({"query.none":""})", event)) << "empty is not missing";
    EXPECT_TRUE(holds(R"({"query.other":{"$exists":false}})", event));
    EXPECT_TRUE(holds(R"({"form.b":"x y","header.X-KIND":"big"})", event));
    EXPECT_TRUE(holds(R"({"tenant":{"$exists":false}})", event));
}

TEST(Condition, Joined) {
    const TestEvent event(std::string(R"({"a":1,"b":2})"));
    EXPECT_TRUE(holds("{}", event));
    EXPECT_TRUE(holds(R"({"$or":[{"/a":9},{"/b":2}]})", event));
    EXPECT_FALSE(holds(R"({"$or":[{"/a":9},{"/b":3}]})", event));
    EXPECT_FALSE(holds(R"({"$and":[{"/a":1},{"/b":3}]})", event));
    EXPECT_TRUE(holds(R"({"$not":{"/a":1,"/b":3}})", event));
    EXPECT_FALSE(holds(R"({"$not":{"/a":1,"/b":2}})", event));
    EXPECT_TRUE(holds(R"({"$or":[{"$and":[{"/a":1},{"$not":{"/b":3}}]},{"/c":1}]})", event));
}

TEST(Condition, WhatIsRefused) {
    const std::pair<const char*, const char*> cases[] = {
        {R"([])", "where: must be an object"},
        {R"({"/a":{"$foo":1}})", "where./a.$foo: is an unknown comparison"},
        {R"({"/a":{"$gte ":1}})", "did you mean"},
        {R"({"$gt":5})", "where.$gt: is unknown here"},
        {R"({"$or":{}})", "where.$or: must be a list"},
        {R"({"$or":[]})", "where.$or: must be a list"},
        {R"({"/a":{}})", "where./a: has no comparison"},
        {R"({"/a":[1]})", "where./a: must be a text"},
        {R"({"/a":{"$in":5}})", "where./a.$in: must be a list"},
        {R"({"/a":{"$in":[[]]}})", "where./a.$in: must be a text"},
        {R"({"/a":{"$exists":1}})", "must be true or false"},
        {R"({"/a":{"$startsWith":1}})", "must be a text"},
        {R"({"/a":{"$gt":true}})", "must be a number or a text"},
        {R"({"amount":5})", "where.amount: unknown value"},
        {R"({"typ":5})", "did you mean \"type\""},
        {R"({"secret:x":5})", "is no value of an event"},
        {R"({"now":5})", "is no value of an event"},
        {R"({"query.":5})", "a name is missing"},
        {R"({"/a~2":5})", "is not a JSON pointer"},
    };
    for (const auto& [json, expected] : cases) {
        std::string error;
        EXPECT_FALSE(parse(json, &error)) << json;
        EXPECT_NE(error.find(expected), std::string::npos) << json << ": " << error;
    }
    std::string deep = R"({"/a":1})", wide = R"({"/a":1})";
    for (int i = 0; i < 32; ++i)
        deep = R"({"$not":)" + deep + "}";
    EXPECT_FALSE(parse(deep));
    Json many = Json::array();
    for (int i = 0; i < 257; ++i)
        many.push_back({{"/a", i}});
    EXPECT_FALSE(parse(Json{{"$or", many}}.dump()));
    many.erase(0);
    EXPECT_TRUE(parse(Json{{"$or", many}}.dump()));
}

}  // namespace
}  // namespace webhook::endpoint
