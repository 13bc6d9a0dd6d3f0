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

/// Where something is wrong, and what stands there, a canary for a secret.

}  // namespace
}  // namespace webhook::endpoint
