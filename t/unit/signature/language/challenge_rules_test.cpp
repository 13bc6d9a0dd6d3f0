// Challenges that events or messages could be are refused, and so are answers that give away a token or sign
// a message.

#include <gtest/gtest.h>

#include "signature/catalogue/lookup.hpp"
#include "signature/keys/key_reuse.hpp"
#include "t/unit/signature/definition_support.hpp"

namespace webhook::signature {
namespace {

std::string challenge_mistake(const std::string& words, const std::string& more = "") {
    return mistake(hmac + "id header:X-Id; type json:/type; " + more + " challenge " + words + " body=x;");
}

TEST(ChallengeRules, ConditionsOfEveryEventAreRefused) {
    for (const char* words : {"has=header:Host",
                              "has=header:user-agent",
                              "has=header:Content-Type",
                              "has=header:Content-Length",
                              "has=header:Accept",
                              "has=header:Accept-Encoding",
                              "has=header:Connection",
                              "has=header:X-Forwarded-For",
                              "has=header:X-Request-Id",
                              "has=header:Traceparent",
                              "has=header:X-Sig",
                              "has=header:x-id",
                              "has=json:/type",
                              "has=json:",
                              "has=header:X-Time",
                              "has=json:/tenant",
                              "when=header:Content-Type=application/json",
                              "when=header:Host=h.test",
                              "has=header:Host has=header:X-Sig",
                              "after=verify has=header:X-Id",
                              "has=header:Host absent=json:/x",
                              "has=header:Host absent=header:X-Sig"}) {
        EXPECT_NE(challenge_mistake(
                      words, "timestamp header:X-Time unit=s; message \"{ts}{body}\"; tenant json:/tenant;"),
                  "")
            << words;
    }
    for (const char* words :
         {"has=header:X-Hook-Secret", "when=json:/type=ping", "has=json:/challenge absent=json:/type",
          "has=header:Host has=query:challenge", "method=GET has=header:Host", "method=HEAD",
          "method=OPTIONS has=header:Origin", "after=verify when=json:/type=test"}) {
        EXPECT_EQ(challenge_mistake(words), "") << words;
    }
    EXPECT_NE(mistake(query + "message \"{query:id}\"; id query:id; challenge method=GET has=query:id;"), "");
    EXPECT_NE(mistake(query + "message \"{query:id}\"; id query:id; challenge method=GET has=query:sig;"),
              "");
    EXPECT_EQ(mistake(query + "message \"{query:id}\"; id query:id; challenge method=GET has=query:crc;"),
              "");
}

TEST(ChallengeRules, AnswersTellNoToken) {
    const std::string start = hmac + "challenge method=GET has=query:c \"require=query:t={config:t}\"";
    EXPECT_EQ(mistake(start + " \"body={config:other}\";"), "");
    for (const char* rest : {" \"body={config:t}\";", " \"header=X-T={config:t}\";",
                             "; challenge method=HEAD \"header=X-T={config:t}\";"}) {
        EXPECT_NE(mistake(start + rest).find("is a token that must be proven"), std::string::npos) << rest;
    }
}

std::string echo_mistake(const std::string& message, const std::string& pattern,
                         const std::string& more = "") {
    return mistake(hmac + "message " + message + "; " + more +
                   " challenge method=GET has=query:c \"match=query:c=" + pattern +
                   "\" \"body={query:c|hmac}\";");
}

TEST(ChallengeRules, WhatCouldBeAMessageIsNotSignedForStrangers) {
    const std::string token = "[A-Za-z0-9_-]{1,128}", unsigned_parts = "unsigned_body; unsigned_id;";
    EXPECT_EQ(echo_mistake("\"{body}\"", token), "");
    EXPECT_EQ(echo_mistake("\"v0:{body}\"", "[a-z]{1,9}"), "");
    EXPECT_EQ(echo_mistake("\"{url}{body}\"", token), "");
    EXPECT_EQ(echo_mistake("\"{header:X-Id}.{body}\"", token), "");
    EXPECT_EQ(echo_mistake("\"{sha256:body}\"", "[0-9a-f]{1,63}"), "");
    EXPECT_EQ(echo_mistake("\"{form:p}\" begins=[A-Z]", "[0-9a-f]{20,32}", unsigned_parts), "");
    EXPECT_EQ(
        echo_mistake("\"{ts}{header:X-Id}\"", token, "timestamp header:X-T unit=rfc3339; " + unsigned_parts),
        "");
    for (const char* pattern : {"[ -~]{1,128}", "[A-Za-z0-9{]{1,128}", "[a-z\"]{1,128}", "[0-9[]{1,128}",
                                "[a-z=]{1,128}", "[a-z&]{1,9}", "[<-z]{1,9}"}) {
        EXPECT_NE(echo_mistake("\"{body}\"", pattern), "") << pattern;
    }
    for (const char* message :
         {"\"{json:/id}\"", "\"{form:p}\"", "\"{query:p}\"", "\"{header:X-Id}\"", "\"v0{header:X-Id}\"",
          "\"{form:p}\" begins=[0-9]", "\"{form|sorted}\"", "\"{header:X-Id}[.{query:q}]\""}) {
        EXPECT_NE(echo_mistake(message, token, unsigned_parts), "") << message;
    }
    EXPECT_NE(echo_mistake("\"{sha256:body}\"", "[0-9a-f]{1,64}"), "");
    EXPECT_NE(echo_mistake("\"{ts}{header:X-Id}\"", token, "timestamp header:X-T unit=s; " + unsigned_parts),
              "");
    EXPECT_NE(echo_mistake("\"v0:{body}\"", "[ -~]{1,9}"), "");
    EXPECT_NE(echo_mistake("\"{form:p}\" begins=A", token, unsigned_parts), "");
}

TEST(ChallengeRules, KnowsWhoseMessagesAChallengeCouldSign) {
    const auto could = [](const char* answering, const char* other) {
        return could_sign_for(*find_scheme(answering), *find_scheme(other));
    };
    EXPECT_TRUE(could("x", "github"));
    EXPECT_TRUE(could("zoom", "x"));
    EXPECT_TRUE(could("linkedin", "x"));
    EXPECT_FALSE(could("x", "stripe")) << "a dot between time and body";
    EXPECT_FALSE(could("x", "zoom")) << "v0:";
    EXPECT_FALSE(could("x", "square")) << "a URL";
    EXPECT_FALSE(could("x", "twilio")) << "another hash";
    EXPECT_FALSE(could("x", "gitlab")) << "no HMAC";
    EXPECT_FALSE(could("x", "discord"));
    EXPECT_FALSE(could("github", "x")) << "answers nothing";
    EXPECT_FALSE(could("x", "netlify"));
    EXPECT_FALSE(could("x", "http-signature-hmac"));
    EXPECT_TRUE(could("braintree", "intercom")) << "SHA-1 both";
}

}  // namespace
}  // namespace webhook::signature
