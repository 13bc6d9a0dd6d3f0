#include "endpoint/document.hpp"
#include "endpoint/document_parser.hpp"
#include "endpoint/document_print.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "endpoint/strict_json.hpp"
#include "endpoint/units.hpp"
#include "endpoint/url.hpp"
#include "signature/catalogue/scheme_set.hpp"
#include "signature/catalogue/scheme_text.hpp"

namespace webhook::endpoint {
namespace {

using namespace std::chrono_literals;

std::string errors_of(std::string_view json) {
    std::vector<FieldError> errors;
    EXPECT_FALSE(parse_document(json, &errors)) << json;
    std::string text;
    for (const FieldError& error : errors)
        text += error.where + ": " + error.what + "\n";
    return text;
}

std::string field_error(const std::string& field) {
    return errors_of(R"({"id":"a","url":"http://h/",)" + field + "}");
}

Document good(std::string_view json) {
    std::vector<FieldError> errors;
    auto document = parse_document(json, &errors);
    for (const FieldError& error : errors)
        ADD_FAILURE() << error.where << ": " << error.what << " in " << json;
    return document.value_or(Document{});
}

TEST(EndpointDocument, Defaults) {
    const Document document = good(R"({"id":"a","url":"http://h"})");
    EXPECT_EQ(document.method, "POST");
    EXPECT_EQ(document.timeout, 15s);
    EXPECT_EQ(document.connect_timeout, 5s);
    EXPECT_EQ(document.schedule, (std::vector<milliseconds>{5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h}));
    EXPECT_EQ(document.jitter, 0.2);
    EXPECT_EQ(document.concurrency, 16u);
    EXPECT_EQ(document.max_waiting, 100000u);
    EXPECT_EQ(document.max_waiting_bytes, 256u << 20);
    EXPECT_FALSE(document.allow_private);
    EXPECT_FALSE(document.paused);
    EXPECT_TRUE(document.sign.empty());
    EXPECT_EQ(to_json(document), R"({"id":"a","url":"http://h"})");
}

constexpr const char* full = R"({
  // comments are allowed
  "id": "crm", "url": "https://crm.example.com:8443/hooks/{source}?t={/data/id}",
  "match": { "source": ["stripe"], "type": ["order.*"], "tenant": ["acme"] },
  "method": "PUT", "body": "raw",
  "headers": { "X-Api-Key": "secret:crm-key", "X-Auth-Token": "topsecret", "X-Plain": "is it?", "User-Agent": "shown" },
  "sign": [ { "secrets": ["secret:crm", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] } ],
  "success": [204, 200, 200], "timeout": "250ms", "connect_timeout": "2s",
  "retry": { "schedule": ["5s", "90s", "2h"], "jitter": 0.5 },
  "concurrency": 3, "max_waiting": 10, "max_waiting_bytes": "1g", "allow_private": true, "paused": true })";

TEST(EndpointDocument, PrintsWhatItReads) {
    const Document document = good(full);
    EXPECT_EQ(document.schedule, (std::vector<milliseconds>{5s, 90s, 2h}));
    EXPECT_EQ(document.success, (std::vector<int>{200, 204}));
    EXPECT_EQ(document.sign.at(0).scheme, "standard");
    const std::string json = to_json(document);
    EXPECT_EQ(json.find('\n'), std::string::npos);
    EXPECT_EQ(to_json(good(json)), json);
    EXPECT_NE(json.find(R"("max_waiting_bytes":"1g")"), std::string::npos);
    EXPECT_NE(json.find(R"("timeout":"250ms")"), std::string::npos);
}

constexpr const char* key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

TEST(EndpointDocument, RedactsAndRestores) {
    const Document stored = good(full);
    const std::string printed = to_redacted_json(stored, key);
    EXPECT_EQ(printed.find("topsecret"), std::string::npos);
    EXPECT_EQ(printed.find("whsec_"), std::string::npos);
    EXPECT_EQ(printed.find("is it?"), std::string::npos) << "not plainly public";
    EXPECT_NE(printed.find("secret:crm-key"), std::string::npos);
    EXPECT_NE(printed.find("shown"), std::string::npos);
    EXPECT_NE(printed.find("redacted:"), std::string::npos);

    Document again = good(printed);
    std::vector<FieldError> errors;
    EXPECT_TRUE(restore_redacted(&again, &stored, key, &errors));
    EXPECT_EQ(to_json(again), to_json(stored));

    Document unknown = good(printed);
    EXPECT_FALSE(restore_redacted(&unknown, nullptr, key, &errors));
    EXPECT_EQ(errors.size(), 3u);
    Document other = stored;
    other.sign[0].secrets = {"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    Document changed = good(printed);
    errors.clear();
    EXPECT_FALSE(restore_redacted(&changed, &other, key, &errors));
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].where, "crm.sign[0].secrets[1]");
    Document foreign = good(to_redacted_json(stored, "another key"));
    EXPECT_FALSE(restore_redacted(&foreign, &stored, key, &errors)) << "the hash is keyed";
}

Document with_url(const std::string& url) {
    return good(R"({"id":"a","url":")" + url + "\"}");
}

TEST(EndpointDocument, RedactsPartsOfUrls) {
    const std::string token = "T0ken0123456789abcdef";
    for (const char* shown :
         {"https://h.example/a/b", "https://h.example:8443/{source}/x?t={/data/id}&u={id}{type}",
          "http://h.example/a?b=&c=", "http://h.example/T00000000/services/;a", "http://[::1]:80/"}) {
        EXPECT_EQ(redacted_url(with_url(shown), key), shown);
    }
    const std::vector<std::string> secret{"http://h/?k=canary",
                                          "http://h?canary",
                                          "http://h/?a=canary&b={id}",
                                          "http://h/?a={id}&b=x{id}canary",
                                          "http://h/?a=1;b=canary",
                                          "http://h/a;b=canary/c",
                                          "http://h/?a%5Bb%5D=canary",
                                          "http://h/?a=b=canary",
                                          "http://h/?canary&canary",
                                          "http://h/x/" + token + "canary",
                                          "http://h/x/" + token + "canary?y"};
    for (const std::string& url : secret) {
        const Document stored = with_url(url);
        const std::string shown = redacted_url(stored, key);
        EXPECT_EQ(shown.find("canary"), std::string::npos) << shown;
        EXPECT_NE(shown.find("redacted:"), std::string::npos) << shown;
        Document again = with_url(shown);
        std::vector<FieldError> errors;
        EXPECT_TRUE(restore_redacted(&again, &stored, key, &errors)) << url;
        EXPECT_EQ(again.url, url);
        Document unknown = with_url(shown);
        EXPECT_FALSE(restore_redacted(&unknown, nullptr, key, &errors)) << url;
        EXPECT_EQ(errors.at(0).where, "a.url");
    }
}

TEST(EndpointDocument, RedactsUrlsAtTheLimit) {
    std::string url = "http://h/?";
    while (url.size() < 4000)
        url += "a=b&";
    const Document stored = with_url(url);
    Document again = with_url(redacted_url(stored, key));
    EXPECT_GT(again.url.size(), 4096u);
    std::vector<FieldError> errors;
    EXPECT_TRUE(restore_redacted(&again, &stored, key, &errors));
    EXPECT_EQ(again.url, url);
}

/// Where something is wrong, and what stands there, a canary for a secret.
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

TEST(EndpointDocument, RefusesByName) {
    EXPECT_EQ(field_error(R"("rate":"50/s")"), "rate: field \"rate\" is not supported by this version\n");
    EXPECT_EQ(field_error(R"("foo":1)"), "foo: unknown field \"foo\"\n");
    EXPECT_EQ(field_error(R"("metod":1)"), "metod: unknown field \"metod\", did you mean \"method\"?\n");
    EXPECT_EQ(field_error(R"("match":{"where":{}})"),
              "match.where: field \"where\" is not supported by this version\n");
    for (const char* name :
         {"order", "max_age", "disable_after", "breaker", "tls", "permanent", "description", "labels"}) {
        EXPECT_NE(field_error("\"" + std::string(name) + "\":1").find("not supported by this version"),
                  std::string::npos);
    }
    EXPECT_EQ(field_error(R"("body":"form")"), "body: only \"raw\" is supported by this version\n");
    EXPECT_EQ(errors_of("{}"), ": needs \"id\"\n: needs \"url\"\n");
    EXPECT_EQ(errors_of("[]"), ": must be an object\n");
    EXPECT_NE(errors_of(R"({"id":"a","id":"b","url":"http://h"})").find("given twice"), std::string::npos);
}

TEST(EndpointDocument, SaysWhereAndWhat) {
    EXPECT_EQ(field_error(R"("retry":{"schedule":["5s","5x"]})"),
              "retry.schedule[1]: must be a time from 0s to 30d, such as \"250ms\", \"15s\", \"5m\", \"2h\" "
              "or \"7d\"\n");
    EXPECT_EQ(field_error(R"("timeout":15)").rfind("timeout: must be a time from 1ms to 10m", 0), 0u);
    EXPECT_EQ(field_error(R"("success":[99])"), "success[0]: must be a whole number from 200 to 599\n");
    EXPECT_EQ(field_error(R"("concurrency":0)"), "concurrency: must be a whole number from 1 to 10000\n");
    EXPECT_EQ(field_error(R"("concurrency":1.5)"), "concurrency: must be a whole number from 1 to 10000\n");
    EXPECT_EQ(field_error(R"("paused":"yes")"), "paused: must be true or false\n");
    EXPECT_EQ(field_error(R"("method":"HEAD")"), "method: must be POST, PUT, PATCH or GET\n");
    EXPECT_EQ(field_error(R"("retry":{"jitter":2})"), "retry.jitter: must be a number from 0 to 1\n");
    EXPECT_EQ(field_error(R"("match":{"type":"x"})"), "match.type: must be a list: [...]\n");
    EXPECT_NE(errors_of(R"({"id":"a b","url":"http://h"})").find("id: must be 1 to 64"), std::string::npos);
    EXPECT_NE(errors_of(R"({"id":"a")").find("line 1"), std::string::npos);
}

TEST(EndpointDocument, Headers) {
    for (const char* name :
         {"Host", "content-length", "Transfer-Encoding", "Connection", "webhook-id", "ce-id", "a b", ""}) {
        EXPECT_NE(field_error(R"("headers":{")" + std::string(name) + R"(":"x"})"), "") << name;
    }
    EXPECT_NE(field_error(R"("headers":{"X-A":"a\r\nb: c"})").find("control characters"), std::string::npos);
    EXPECT_NE(field_error(R"("headers":{"X-A":"1","x-a":"2"})").find("given twice"), std::string::npos);
    EXPECT_NE(field_error(R"("headers":{"X-A":"secret:../etc/passwd"})").find("must name a file"),
              std::string::npos);
    for (const char* secret : {"file:/etc/passwd", "env:HOME", ""}) {
        EXPECT_NE(field_error(R"("headers":{"X-Api-Key":")" + std::string(secret) + R"("})"), "") << secret;
    }
    EXPECT_EQ(good(R"({"id":"a","url":"http://h","headers":{"X-Stage":"env:live"}})").headers[0].second,
              "env:live");
}

TEST(EndpointDocument, Signing) {
    for (const char* secret :
         {"file:/etc/passwd", "env:HOME", "secret:../x", "secret:", "secret:.x", "", "/etc/secrets/crm",
          "./crm", "FILE:/x", "ENV:NAME", "$CRM", "whsec_...", "changeme", "SECRET"}) {
        EXPECT_NE(field_error(R"("sign":[{"secrets":[")" + std::string(secret) + R"("]}])"), "") << secret;
    }
    EXPECT_NE(field_error(R"("sign":[{"scheme":"nope","secrets":["x"]}])").find("no scheme of this name"),
              std::string::npos);
    EXPECT_NE(field_error(R"("sign":[{"scheme":"strpe","secrets":["x"]}])").find("did you mean \"stripe\"?"),
              std::string::npos);
    EXPECT_NE(field_error(R"("sign":[{"scheme":"none","secrets":["x"]}])").find("cannot sign"),
              std::string::npos);
    signature::SchemeSet own;
    signature::TextError ignored;
    ASSERT_TRUE(
        add_scheme_text("acme", "algorithm hmac-sha256; signature header:x encoding=hex;", &own, &ignored));
    const char* const acme = R"({"id":"a","url":"http://h","sign":[{"scheme":"acme","secrets":["s"]}]})";
    std::vector<FieldError> errors;
    EXPECT_FALSE(parse_document(acme, &errors));
    EXPECT_TRUE(parse_document(acme, &errors, {&own}));
    EXPECT_TRUE(parse_document(acme, &errors, {nullptr, true}));
    EXPECT_NE(field_error(R"("sign":[{"scheme":"github"}])").find("needs \"secrets\""), std::string::npos);
    EXPECT_NE(field_error(R"("sign":[{"secrets":[]}])").find("at least one"), std::string::npos);
    EXPECT_NE(
        field_error(R"("sign":[{"secrets":["secret:a"]},{"secrets":["secret:b"]}])").find("given twice"),
        std::string::npos);
    EXPECT_NE(field_error(R"("sign":[{"secrets":["whsec_!!"]}])"), "");
    EXPECT_EQ(good(R"({"id":"a","url":"http://h","sign":[{"scheme":"github","secrets":["s"]}]})").sign.size(),
              1u);
}

TEST(EndpointDocument, Urls) {
    const auto refused = [](const std::string& url) {
        return errors_of(R"({"id":"a","url":")" + url + "\"}");
    };
    for (const char* url : {"ftp://h/",
                            "h/x",
                            "http://",
                            "http://u:p@h/",
                            "http://{tenant}.h/",
                            "http://h/#f",
                            "http://h/a b",
                            "http://h/{nope}",
                            "http://h/{",
                            "http://h/}",
                            "http://h:0/",
                            "http://h:99999/",
                            "http://h:x/",
                            "http://[::1/",
                            "http://[zz]/",
                            "http://[1.2.3.4]/",
                            "http://h/\xc3\xa9",
                            "http://\xc3\xa9/",
                            "http://h/{query.}",
                            "http://h/{/a~2}"}) {
        EXPECT_NE(refused(url), "") << url;
    }
    EXPECT_NE(refused("http://h/{type|lower}").find("not supported by this version"), std::string::npos);
    EXPECT_NE(refused("http://h/{sorce}").find("did you mean \"source\"?"), std::string::npos);
    for (const char* url : {"HTTP://H", "https://h?x=1", "http://[::1]:8080/x", "http://0x7f.1/",
                            "http://h/{/a/0}?q={query.x}&h={header.X}"}) {
        good(R"({"id":"a","url":")" + std::string(url) + "\"}");
    }
}

TEST(EndpointFile, BothFormsAndDoubleIds) {
    std::vector<FieldError> errors;
    EXPECT_EQ(parse_file(R"([{"id":"a","url":"http://h"}])", &errors)->size(), 1u);
    EXPECT_EQ(parse_file(R"(/* none */ {"endpoints":[]})", &errors)->size(), 0u);
    EXPECT_TRUE(errors.empty());
    EXPECT_FALSE(parse_file(
        R"([{"id":"a","url":"http://h"},{"id":"b","url":"x"},{"id":"a","url":"http://h"}])", &errors));
    ASSERT_EQ(errors.size(), 2u);
    EXPECT_EQ(errors[0].where, "endpoints[1].url");
    EXPECT_EQ(errors[1].where, "endpoints[2].id");
    EXPECT_FALSE(parse_file(R"({"endpoint":[]})", &errors));
    EXPECT_FALSE(parse_file(R"({"endpoints":[],"x":1})", &errors));
    EXPECT_FALSE(parse_file(std::string(100000, '['), &errors));
    errors.clear();
    EXPECT_FALSE(parse_file(std::string_view("[]\0[{}]", 7), &errors)) << "what follows would not be read";
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_NE(errors[0].what.find("zero byte"), std::string::npos);
}

TEST(EndpointUnits, ReadsWhatItPrints) {
    for (const char* text : {"250ms", "15s", "5m", "2h", "7d", "0s", "1500ms"})
        EXPECT_EQ(format_time(*parse_time(text)), text);
    for (const char* text :
         {"", "5", "s", "-5s", "5 s", "5x", "1.5s", "99999999999999999999s", "9223372036854775807d"}) {
        EXPECT_FALSE(parse_time(text)) << text;
    }
    for (const char* text : {"512", "64k", "256m", "1g", "0"})
        EXPECT_EQ(format_size(*parse_size(text)), text);
    EXPECT_EQ(parse_size("2G"), 2ull << 30);
    for (const char* text : {"", "k", "-1", "1t", "99999999999g"})
        EXPECT_FALSE(parse_size(text)) << text;
}

}  // namespace
}  // namespace webhook::endpoint
