#include "endpoint/document_parser.hpp"

#include <gtest/gtest.h>

#include "endpoint/strict_json.hpp"
#include "endpoint/url.hpp"
#include "t/unit/endpoint/document_support.hpp"

namespace webhook::endpoint {
namespace {

using namespace std::chrono_literals;

TEST(EndpointDocument, ErrorsNeverQuoteValues) {
    const std::vector<std::string> documents{
        R"({"id":"a","url":"http://h","headers":{"X":"canary" "canary"}})",
        R"({"id":"a","url":"canary)",
        "{\"id\":\"a\",\"url\":\"canary\n\"}",
        R"({"id":"a","url":canary})",
        R"({"id":"canary)"
        "\\"
        R"(q"})",
        "canary",
        "\"canary\"",
        "[\"canary\"]",
        "{\"id\":\"canary canary\",\"url\":\"http://h\"}",
        "{\"a\":\"canary\" /* canary",
        "{\"a\":\"canary\" // canary",
        "{\"id\": \"canary\xff\"}",
        "{} canary",
        "{\"a\" \"canary\"}",
    };
    for (const std::string& document : documents)
        EXPECT_EQ(errors_of(document).find("canary"), std::string::npos) << errors_of(document);
    for (const char* field :
         {"method", "timeout", "connect_timeout", "body", "success", "concurrency", "max_waiting", "match",
          "headers", "max_waiting_bytes", "sign", "retry", "paused", "allow_private", "later"}) {
        for (const char* value : {R"("canary")", R"(["canary"])", R"({"x y":"canary"})", R"([["canary"]])"}) {
            const std::string said = field_error("\"" + std::string(field) + "\":" + value);
            EXPECT_EQ(said.find("canary"), std::string::npos) << said;
        }
    }
    for (const char* inner :
         {R"("retry":{"schedule":["canary"]})", R"("retry":{"jitter":"canary"})",
          R"("match":{"type":"canary"})", R"("sign":[{"scheme":"canary","secrets":["x"]}])",
          R"("sign":[{"secrets":["whsec_canary!"]}])", R"("sign":[{"secrets":["file:canary"]}])",
          R"("sign":[{"secrets":["secret:../canary"]}])",
          R"("sign":[{"scheme":"jwt-es256","secrets":["canary"]}])",
          R"("headers":{"X-Key":"secret:/canary"})", R"("headers":{"X-Key":"canary\n"})",
          R"("headers":{"X-Key":["canary"]})"}) {
        const std::string said = field_error(inner);
        EXPECT_EQ(said.find("canary"), std::string::npos) << said;
    }
    for (const char* url :
         {"canary", "http://canary:canary@h/", "http://user:canary", "http://h:canary/", "http://can ary/",
          "http://[canary]/", "http://h/{canary}", "http://h/{type|canary}", "http://h/{/canary~2}",
          "http://h/{canary", "http://h/#canary", "http://h/canary}", "http://h/?a=canary\\"}) {
        std::string error;
        EXPECT_FALSE(parse_url(url, &error)) << url;
        EXPECT_EQ(error.find("canary"), std::string::npos) << error;
    }
}

/// A slip of the keyboard at any place of a document whose values are all secret.

TEST(EndpointDocument, SlipsNeverQuoteValues) {
    const std::string text =
        R"([ /* all */ {"id":"canary","url":"https://canary/canary?a=canary","method":"canary",
  "match":{"source":["canary"],"type":"canary"},"headers":{"X-A":"canary","Accept":["canary"]}, // of all kinds
  "sign":[{"scheme":"canary","secrets":["canary","secret:canary/"]}],"success":["canary"],"timeout":"canary",
  "retry":{"schedule":["5s","canary"],"jitter":"canary"},"max_waiting_bytes":"canary","paused":"canary"}])";
    std::size_t tried = 0;
    const auto try_one = [&tried](const std::string& slip) {
        std::vector<FieldError> errors;
        EXPECT_FALSE(parse_file(slip, &errors));
        for (const FieldError& error : errors) {
            ASSERT_EQ(error.what.find("canary"), std::string::npos) << error.what << " in " << slip;
            ASSERT_EQ(error.where.find("canary"), std::string::npos) << error.where << " in " << slip;
        }
        ++tried;
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        try_one(text.substr(0, at));
        try_one(text.substr(0, at) + text.substr(at + 1));
        for (const char* more : {"\"", "{", "}", "[", "]", ",", ":", "\\", "\n", "\x01", "\xff", "/"})
            try_one(text.substr(0, at) + more + text.substr(at));
    }
    EXPECT_GT(tried, 5000u);
}

TEST(EndpointDocument, SaysLineColumnAndWhatWasExpected) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "line 1, column 1: expected a value such as {...} or [...], but the text ends here"},
        {"{", "line 1, column 2: expected a name in quotes or \"}\", but the text ends here"},
        {"{\n  \"id\" 5}", "line 2, column 8: expected \":\" and a value"},
        {"{\"id\": \"a\"\n\"url\": 1}", "line 2, column 5: expected \",\" and a name in quotes, or \"}\""},
        {"[1 2]", "line 1, column 4: expected \",\" and a value, or \"]\""},
        {"[}", "line 1, column 2: expected a value or \"]\""},
        {"{} x", "line 1, column 4: expected nothing more, for the value ends before"},
        {"{\"\xc3\xa9\": }", "line 1, column 7: expected \":\" and a value"},
    };
    for (const auto& [text, expected] : cases)
        EXPECT_EQ(errors_of(text), ": " + expected + "\n") << text;
    EXPECT_NE(errors_of("{\"a\": \"b\n\"}").find("a string must end with a quote on its line"),
              std::string::npos);
    EXPECT_NE(errors_of("{\"a\": 1.}").find("a number is broken off"), std::string::npos);
    EXPECT_NE(errors_of("{ /* }").find("a comment is"), std::string::npos);
    EXPECT_NE(errors_of("[1e999]").find("a number in it is too large"), std::string::npos);
}

TEST(EndpointDocument, DepthIsLimited) {
    const auto nested = [](std::size_t depth, const char* open, const char* close) {
        std::string text;
        for (std::size_t i = 0; i < depth; ++i)
            text += open;
        text += "1";
        for (std::size_t i = 0; i < depth; ++i)
            text += close;
        return text;
    };
    for (const auto& [open, close] : {std::pair("[", "]"), std::pair("{\"a\":", "}")}) {
        std::vector<std::string> problems;
        EXPECT_TRUE(parse_strict_json(nested(max_json_depth, open, close), &problems));
        EXPECT_FALSE(parse_bounded_json<nlohmann::json>(nested(max_json_depth, open, close)).is_discarded());
        for (const std::size_t depth : {max_json_depth + 1, std::size_t{100000}}) {
            EXPECT_TRUE(parse_bounded_json<nlohmann::json>(nested(depth, open, close)).is_discarded());
            EXPECT_TRUE(parse_bounded_json<nlohmann::ordered_json>(nested(depth, open, "")).is_discarded());
            problems.clear();
            EXPECT_FALSE(parse_strict_json(nested(depth, open, close), &problems));
            ASSERT_EQ(problems.size(), 1u);
            EXPECT_NE(problems[0].find("more than 64 arrays and objects"), std::string::npos) << problems[0];
        }
    }
    const std::string brackets(1000, '[');
    std::vector<std::string> problems;
    EXPECT_TRUE(
        parse_strict_json("[ /* " + brackets + " */ \"\\\"" + brackets + "\" ] // " + brackets, &problems));
    EXPECT_FALSE(parse_strict_json("//\r" + brackets, &problems)) << "a comment ends at a carriage return";
}

}  // namespace
}  // namespace webhook::endpoint
