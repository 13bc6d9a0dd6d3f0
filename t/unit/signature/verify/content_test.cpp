// What tells events apart: what is content, what an id may be relied on for.

#include "signature/verify/content.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "signature/catalogue/catalogue.hpp"
#include "signature/catalogue/lookup.hpp"
#include "signature/language/parser.hpp"
#include "signature/model/content_rule.hpp"
#include "t/unit/signature/parsed.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::signature {

namespace {

using event::By;
using test::PlainRequest;

const std::string hmac = "algorithm hmac-sha256; signature header:X-Sig encoding=hex; ";

struct Sent {
    std::string method = "POST", path = "/in", query, body;
    std::vector<std::pair<std::string, std::string>> headers;
};

std::string content(const Scheme& scheme, const Sent& sent, std::uint8_t covered = 0,
                    const std::vector<std::size_t>& cuts = {}) {
    PlainRequest request;
    request.set_url("https://h" + sent.path + (sent.query.empty() ? "" : "?" + sent.query));
    request.set_body(sent.body, cuts);
    request.method = sent.method;
    request.path = sent.path;
    request.headers = sent.headers;
    Outcome outcome;
    outcome.covered = covered;
    return base::to_hex(content_of(scheme, request, outcome, 1 << 20).view());
}

By by_of(const std::string& text) {
    std::string message;
    const auto scheme = parsed(text, &message);
    EXPECT_NE(scheme, nullptr) << text << message;
    return scheme == nullptr ? By::both : scheme->by;
}

TEST(Identity, BodyIsTheContentWhereItIsWhatIsSigned) {
    for (const char* message :
         {"{body}", "{ts}.{body}", "{header:X-Nonce}{ts}{body}", "v0:{ts}:{body}", "{ts}{sha256:body}"}) {
        const auto scheme =
            parsed(hmac + "timestamp header:X-Ts unit=s; message \"" + message + "\"; id json:/id;");
        if (std::string(message) == "{body}") continue;  // its timestamp is not signed
        ASSERT_NE(scheme, nullptr) << message;
        EXPECT_TRUE(is_plain_content(*scheme));
        const Sent sent{"POST", "/in", "", R"({"id":"1"})", {{"X-Nonce", "a"}, {"X-Ts", "5"}}};
        const Sent again{"POST", "/IN", "x=1", R"({"id":"1"})", {{"X-Nonce", "b"}, {"X-Ts", "6"}}};
        EXPECT_EQ(content(*scheme, sent), content(*scheme, again)) << message;
        EXPECT_EQ(content(*scheme, sent),
                  base::to_hex(base::digest_of(base::Hash::sha256, sent.body).view()));
        EXPECT_NE(content(*scheme, sent), content(*scheme, {"POST", "/in", "", R"({"id":"2"})", {}}));
    }
}

TEST(Identity, UrlAndBodyCountWhereBothAreSigned) {
    const auto scheme = parsed(hmac + "message \"{method}{url}{body}\"; id json:/id; identity event;");
    ASSERT_NE(scheme, nullptr);
    const std::string one = content(*scheme, {"POST", "/in", "a=1", "{}", {}});
    EXPECT_NE(one, content(*scheme, {"POST", "/in", "a=2", "{}", {}}));
    EXPECT_NE(one, content(*scheme, {"POST", "/in", "a=1", "{ }", {}}));
    // The signature cannot tell where URL and body meet, so neither can the content; an id read there is not
    // certain.
    EXPECT_EQ(content(*scheme, {"POST", "/in", "a=1{", "}", {}}), one);
    EXPECT_EQ(scheme->by, By::body);
}

TEST(Identity, FieldsCountAsTheyAreSigned) {
    const auto scheme = parsed(
        "algorithm hmac-sha1; signature header:X-Sig encoding=base64; message \"{url}{form|sorted}\"; "
        "id \"{form:Sid}:{form:Status}\"; identity event;");
    ASSERT_NE(scheme, nullptr);
    const auto form = [&](const std::string& body) {
        return content(*scheme,
                       {"POST", "/in", "", body, {{"Content-Type", "application/x-www-form-urlencoded"}}});
    };
    EXPECT_EQ(form("Sid=1&Status=sent"), form("Status=s%65nt&Sid=1"));
    EXPECT_EQ(form("Sid=1&Status=sent"), form("Sid1Status=sent"));
    EXPECT_NE(form("Sid=1&Status=sent"), form("Sid=1&Status=read"));
    EXPECT_EQ(scheme->by, By::body);
}

TEST(Identity, OnlySignedPartsCountWhereTheySayEnough) {
    const std::string adyen =
        "algorithm hmac-sha256; signature json:/sig encoding=hex; message \"{json:/psp}:{json:/code}\"; "
        "unsigned_body; id json:/psp; ";
    const auto whole = parsed(adyen), some = parsed(adyen + "content signed;");
    ASSERT_NE(whole, nullptr);
    ASSERT_NE(some, nullptr);
    const Sent sent{"POST", "/in", "", R"({"psp":"1","code":"PAID","sig":"x"})", {}};
    const Sent added{"POST", "/other", "x=1", R"({"psp":"1","code":"PAID","more":1,"sig":"x"})", {}};
    const Sent other{"POST", "/in", "", R"({"psp":"1","code":"VOID","sig":"x"})", {}};
    EXPECT_NE(content(*whole, sent), content(*whole, added));
    EXPECT_EQ(content(*some, sent), content(*some, added));
    EXPECT_NE(content(*some, sent), content(*some, other));
}

TEST(Identity, WithTokensAllOfTheRequestCountsButSecrets) {
    const auto scheme =
        parsed("algorithm token; signature query:token; unsigned_body; postback; id query:id;");
    ASSERT_NE(scheme, nullptr);
    const std::string one = content(*scheme, {"GET", "/p/1", "id=1&token=a", "", {}});
    EXPECT_EQ(one, content(*scheme, {"GET", "/p/1", "id=1&token=b", "", {}}));
    EXPECT_NE(one, content(*scheme, {"GET", "/p/2", "id=1&token=a", "", {}}));
    EXPECT_NE(one, content(*scheme, {"POST", "/p/1", "id=1&token=a", "", {}}));
    EXPECT_NE(one, content(*scheme, {"GET", "/p/1", "id=2&token=a", "", {}}));
    EXPECT_NE(one, content(*scheme, {"GET", "/p/1", "id=1&token=a", "x", {}}));
}

TEST(Identity, OfHttpSignaturesWhatIsCoveredCounts) {
    const Scheme& scheme = *find_scheme("http-signature");
    const Sent sent{"POST", "/in", "a=1", "{}", {}}, path{"POST", "/other", "a=1", "{}", {}},
        query{"POST", "/in", "a=2", "{}", {}}, method{"PUT", "/in", "a=1", "{}", {}};
    for (const Sent& other : {path, query, method})
        EXPECT_EQ(content(scheme, sent), content(scheme, other));
    EXPECT_NE(content(scheme, sent, covered_method), content(scheme, method, covered_method));
    EXPECT_NE(content(scheme, sent, covered_path), content(scheme, path, covered_path));
    EXPECT_EQ(content(scheme, sent, covered_path), content(scheme, query, covered_path));
    EXPECT_NE(content(scheme, sent, covered_query), content(scheme, query, covered_query));
    EXPECT_NE(content(scheme, sent, covered_target), content(scheme, query, covered_target));
    EXPECT_NE(content(scheme, sent, covered_target), content(scheme, path, covered_target));
}

TEST(Identity, WhatRetriesChangeIsLeftOut) {
    const auto scheme =
        parsed(hmac + "id json:/id; volatile json:/pending json:/data/attempt json:/list/1 json:/at;");
    ASSERT_NE(scheme, nullptr);
    EXPECT_FALSE(is_plain_content(*scheme));
    const auto of = [&](const std::string& body, const std::vector<std::size_t>& cuts = {}) {
        return content(*scheme, {"POST", "/in", "", body, {}}, 0, cuts);
    };
    const std::string one =
        R"({"id":"1","pending":2,"data":{"attempt":{"n":1,"x":[1]},"v":5},"list":["a","b"],"at":"t"})";
    const std::string two =
        R"({"id":"1","pending":33,"data":{"attempt":null,"v":5},"list":["a",{"c":1}],"at":"later"})";
    EXPECT_EQ(of(one), of(two));
    for (std::size_t cut = 1; cut < one.size(); ++cut)
        EXPECT_EQ(of(one, {cut}), of(two)) << cut;
    EXPECT_NE(
        of(one),
        of(R"({"id":"1","pending":2,"data":{"attempt":{"n":1,"x":[1]},"v":6},"list":["a","b"],"at":"t"})"));
    EXPECT_NE(of(one), of(R"({"id":"1","pending":2,"data":{"attempt":1,"v":5},"list":["z","b"],"at":"t"})"));
    EXPECT_NE(of("no json 1"), of("no json 2"));
    EXPECT_EQ(of("no json 1"),
              base::to_hex(base::digest_of(base::Hash::sha256, std::string_view("no json 1")).view()));
    EXPECT_NE(of(R"({"id":1} )"), of(R"({"id":2} )"));
    std::string deep(100000, '[');
    EXPECT_EQ(of(deep), base::to_hex(base::digest_of(base::Hash::sha256, deep).view()));
}

TEST(Identity, AnIdAloneDecidesOnlyWhereItIsSignedAndOfTheEvent) {
    EXPECT_EQ(by_of(hmac + "id json:/id; identity event;"), By::id);
    EXPECT_EQ(by_of(hmac + "id json:/id; identity thing;"), By::both);
    EXPECT_EQ(by_of(hmac + "id json:/id;"), By::both);
    EXPECT_EQ(by_of(hmac + "id json:/id; identity attempt;"), By::body);
    EXPECT_EQ(by_of(hmac + "id header:X-Id; identity event;"), By::both);
    EXPECT_EQ(by_of(hmac + "message \"{header:X-Id}.{body}\"; id header:X-Id; identity event;"), By::id);
    EXPECT_EQ(by_of(hmac + "id json:/events/0/id; identity event;"), By::both);
    EXPECT_EQ(by_of(hmac + "id json:/id header:X-Id; identity event;"), By::both);
    EXPECT_EQ(by_of(hmac + "id query:id; identity event;"), By::both);
    EXPECT_EQ(by_of("algorithm token; signature header:X-T; unsigned_body; id json:/id; identity event;"),
              By::both);
    EXPECT_EQ(
        by_of("algorithm token; signature header:X-T; unsigned_body; id json:/id; identity event vouched;"),
        By::id);
    EXPECT_EQ(
        by_of("algorithm jwt-hs256; signature header:X-T; digest claim:h; id json:/id; identity event;"),
        By::id);
    EXPECT_EQ(by_of("algorithm jwt-hs256; signature header:X-T; claims exp; unsigned_body; id json:/id; "
                    "identity event;"),
              By::both);
    EXPECT_EQ(by_of("algorithm http-signature; covers content-digest; id json:/id; identity event;"), By::id);
    EXPECT_EQ(by_of("algorithm http-signature; covers content-digest; id header:X-Id; identity event;"),
              By::both);
}

TEST(Identity, WordsThatDoNotFitAreRefused) {
    const auto error = [](const std::string& text) {
        std::string message;
        EXPECT_EQ(parsed(text, &message), nullptr) << text;
        return message;
    };
    EXPECT_NE(error(hmac + "identity evnt; id json:/id;").find("event"), std::string::npos);
    EXPECT_NE(error(hmac + "identity event;").find("without an \"id\""), std::string::npos);
    EXPECT_NE(error(hmac + "id json:/id; identity event vouched;").find("vouch"), std::string::npos);
    EXPECT_NE(error(hmac + "id json:/id; content signed;").find("only parts"), std::string::npos);
    EXPECT_NE(error(hmac + "id json:/id; content body;").find("content"), std::string::npos);
    EXPECT_NE(error(hmac + "id json:/id; volatile header:X;").find("JSON body"), std::string::npos);
    EXPECT_NE(error(hmac + "id json:/id; volatile json:;").find("JSON"), std::string::npos);
}

TEST(Identity, EverySenderOfTheCatalogueHasASource) {
    for (const Definitions& family : families()) {
        for (const Definition& each : family) {
            const SenderFacts facts = facts_of(each.name);
            EXPECT_FALSE(facts.source.empty()) << each.name;
            EXPECT_FALSE(facts.retries.empty()) << each.name;
            EXPECT_FALSE(facts.repeats.empty()) << each.name;
            EXPECT_EQ(each.alias_of, alias_of(each.name));
            if (!each.alias_of.empty()) {
                EXPECT_EQ(scheme_text(each.name), scheme_text(each.alias_of));
            }
            EXPECT_EQ(scheme_text(each.name).find("    id sha256:body"), std::string_view::npos) << each.name;
        }
    }
}

TEST(Identity, IdsOfTheCatalogueAreUsedAsTheyAreMeant) {
    const auto by = [](std::string_view name) { return default_by(*find_scheme(name)); };
    for (const char* name : {"stripe", "paddle", "standard", "slack", "discord", "publish", "cloudevents"})
        EXPECT_EQ(by(name), By::id) << name;
    for (const char* name :
         {"github",   "gitea",       "jira",           "linear",         "sentry",     "shopify",
          "razorpay", "woocommerce", "sanity",         "zendesk",        "buildkite",  "wise",
          "box",      "webflow",     "recurly",        "adyen-platform", "elevenlabs", "paystack",
          "meta",     "postmark",    "flutterwave-v3", "xero",           "telegram",   "mercadopago"})
        EXPECT_NE(by(name), By::id) << name;
    for (const char* name : {"dropbox", "ms-graph"})
        EXPECT_TRUE(repeats(*find_scheme(name))) << name;
}

}  // namespace

}  // namespace webhook::signature
