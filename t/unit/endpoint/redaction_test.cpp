#include "endpoint/document_parser.hpp"
#include "endpoint/document_print.hpp"

#include <gtest/gtest.h>

#include "t/unit/endpoint/document_support.hpp"

namespace webhook::endpoint {
namespace {

using namespace std::chrono_literals;

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
    other.sign[0].secrets = {{"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", {}, {}}};
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

TEST(EndpointDocument, RedactsTextsOfBodiesBelowNamesOfSecrets) {
    const Document stored = good(R"({"id":"a","url":"http://h/","body":{"json":{
        "routing_key":"canary","auth":{"list":["canary"],"user":"Bearer {secret:t}"},"event_key":"{/id}",
        "api_token":"{tenant|map:acme:canary12:b:canary34}","text":"shown"}},
        "headers":{"X-A":"{type}","Authorization":"Bearer {secret:t}","X-B":"canary{type}canary12"}})");
    const std::string printed = to_redacted_json(stored, key);
    EXPECT_EQ(printed.find("canary"), std::string::npos) << printed;
    for (const char* shown : {"shown", "{/id}", "Bearer {secret:t}", R"("X-A":"{type}")"})
        EXPECT_NE(printed.find(shown), std::string::npos) << shown << " in " << printed;
    Document again = good(printed);
    std::vector<FieldError> errors;
    EXPECT_TRUE(restore_redacted(&again, &stored, key, &errors));
    EXPECT_EQ(to_json(again), to_json(stored));
    Document unknown = good(printed);
    EXPECT_FALSE(restore_redacted(&unknown, nullptr, key, &errors));
    EXPECT_EQ(errors.at(0).where, "a.body");
    EXPECT_EQ(secret_literals(stored).size(), 4u);
}

TEST(EndpointDocument, PrintsTemplatesAsTheyWere) {
    for (const char* more :
         {R"("body":"cloudevents")", R"("body":{"form":{"a":"{/x?}"}})",
          R"("body":{"json":[1,null,"{{x}}"]})", R"("body":{"text":"<a>{@|html}</a>","type":"text/xml"})",
          R"("match":{"where":{"/a":{"$gt":5}}})", R"("success":{"status":[200,202],"where":{"/ok":true}})",
          R"("success":{"where":{"@":"ok"}})", R"("success":[200])", R"("method":"DELETE")"}) {
        const std::string json = to_json(
            good(R"({"id":"a","url":"http://h/?a={'/x}y'|default:'}&'}",)" + std::string(more) + "}"));
        EXPECT_NE(json.find(more), std::string::npos) << json;
        EXPECT_EQ(to_json(good(json)), json);
    }
}

TEST(EndpointDocument, PartsWithTemplatesAreJudged) {
    const std::pair<const char*, const char*> cases[] = {
        {R"("body":{"json":{"a":["{idd}"]}})", "body.json.a[0]: unknown value"},
        {R"("body":{"json":{"a":"x {id"}})", "(at character 3)"},
        {R"("body":{"form":{"a":1}})", "body.form.a: must be a text"},
        {R"("body":{"text":"{id","type":"text/xml"})", "body.text: "},
        {R"("body":{"text":"x","type":"a\nb"})", "body.type: must be a media type"},
        {R"("body":{"text":"x","tpye":"a"})", "body.tpye: is unknown here"},
        {R"("method":"GET","body":{"json":1})", "\"body\" cannot be sent by GET"},
        {R"("headers":{"X-A":"{idd}"})", "headers.X-A: unknown value"},
        {R"("match":{"where":{"/a":{"$foo":1}}})", "match.where./a.$foo: is an unknown comparison"},
        {R"("success":{"where":{"type":"x"}})", "success.where.type: is no value of a response"},
        {R"("success":{"status":[1]})", "success.status[0]: must be a whole number"},
    };
    for (const auto& [field, expected] : cases)
        EXPECT_NE(field_error(field).find(expected), std::string::npos)
            << field << ": " << field_error(field);
}

}  // namespace
}  // namespace webhook::endpoint
