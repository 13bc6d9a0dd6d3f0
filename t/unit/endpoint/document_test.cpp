#include "endpoint/document_parser.hpp"
#include "endpoint/document_print.hpp"

#include "endpoint/document.hpp"

#include <gtest/gtest.h>

#include "signature/catalogue/scheme_text.hpp"
#include "t/unit/endpoint/document_support.hpp"

namespace webhook::endpoint {
namespace {

using namespace std::chrono_literals;

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

TEST(EndpointDocument, RefusesByName) {
    EXPECT_EQ(field_error(R"("foo":1)"), "foo: unknown field \"foo\"\n");
    EXPECT_EQ(field_error(R"("metod":1)"), "metod: unknown field \"metod\", did you mean \"method\"?\n");
    EXPECT_EQ(field_error(R"("body":"form")"),
              "body: must be \"raw\", \"cloudevents\", {\"json\": ...}, {\"form\": {...}} or "
              "{\"text\": \"...\", \"type\": \"text/plain\"}\n");
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
    EXPECT_EQ(field_error(R"("method":"TRACE")"),
              "method: must be POST, PUT, PATCH, DELETE, GET, HEAD or OPTIONS\n");
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
    EXPECT_NE(refused("http://h/{type|lowr}").find("did you mean \"lower\"?"), std::string::npos);
    EXPECT_NE(refused("http://h/{type|lowr}").find("at character 10)"), std::string::npos);
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

}  // namespace
}  // namespace webhook::endpoint
