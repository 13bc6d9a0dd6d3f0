// Filters of messages, hashes in answers, and tokens in bodies, as definitions name them.

#include <gtest/gtest.h>

#include "signature/language/header_names.hpp"
#include "signature/language/parser.hpp"
#include "signature/sign/signer.hpp"
#include "signature/verify/challenge.hpp"
#include "signature/verify/content.hpp"
#include "signature/verify/jwt.hpp"
#include "signature/verify/verifier.hpp"
#include "t/unit/signature/parsed.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::signature {
namespace {

constexpr std::int64_t now_ms = 1760000000000;
const std::string secret = "a secret of the location 0123456";
const std::string hmac256 = "algorithm hmac-sha256; signature header:X-Sig encoding=hex; ";
const std::string in_query = "algorithm hmac-sha256; signature query:sig encoding=hex; ";

std::string hex(const std::string& text, const std::string& key = secret) {
    return test::hmac(EVP_sha256(), key, text, base::Encoding::hex);
}

struct Own {
    explicit Own(const std::string& text) {
        std::string problem;
        scheme = parsed(text, &problem);
        EXPECT_TRUE(scheme) << text << problem;
        VerifierOptions options;
        options.secrets = {secret};
        options.params = {{"verification_token", "token-0123456789"}, {"endpoint", "https://h.test/in"}};
        if (scheme) verifier = Verifier::make(*scheme, options, &problem);
        EXPECT_TRUE(verifier) << problem;
    }
    std::unique_ptr<Scheme> scheme;
    std::unique_ptr<Verifier> verifier;
};

Outcome check(const Own& own, const std::string& url, const std::string& body, const std::string& header = "",
              const std::string& type = "application/x-www-form-urlencoded") {
    test::PlainRequest request;
    request.set_url(url);
    request.set_body(body);
    request.set_header("Content-Type", type);
    if (!header.empty()) request.set_header("X-Sig", header);
    Outcome outcome = own.verifier->check(request, now_ms);
    outcome.timestamp = {};
    return outcome;
}

TEST(Words, DecodedUrls) {
    const Own all(hmac256 + "message \"{url|decoded}{body}\";");
    const Own some(hmac256 + "message \"{url|decoded::@}{body}\";");
    const std::string url = "https://h.test/a%2Fb?q=x%3Ay%40z%25+%zz";
    EXPECT_EQ(check(all, url, "b", hex("https://h.test/a/b?q=x:y@z%+%zzb")).verdict, Verdict::genuine);
    EXPECT_EQ(check(some, url, "b", hex("https://h.test/a%2Fb?q=x:y@z%25+%zzb")).verdict, Verdict::genuine);
    EXPECT_EQ(check(some, url, "b", hex(url + "b")).verdict, Verdict::forged);
    EXPECT_EQ(mistake(hmac256 + "message \"{header:x|decoded}{body}\";"),
              "\"decoded\" is the only filter of {url} or {query}");
    EXPECT_EQ(mistake(hmac256 + "message \"{url|decoded|lower}{body}\";"),
              "\"decoded\" is the only filter of {url} or {query}");
    // Several queries are decoded to the same text.
    EXPECT_EQ(mistake(in_query + "message \"{query|decoded}\"; postback; id query:id;").substr(0, 20),
              "the id is not signed");
    EXPECT_EQ(mistake(hmac256 + "message \"{query|decoded}\"; postback; id query:id;").substr(0, 20),
              "the id is not signed");
}

TEST(Words, SortedFields) {
    const Own own(in_query + "message \"{query|without:sig|sorted:=:,}\"; postback; id query:id;");
    const std::string at = "https://h.test/in?";
    const std::string good = "sig=" + hex("id=7,x=a b");
    EXPECT_EQ(check(own, at + "x=a+b&id=7&" + good, "").verdict, Verdict::genuine);
    EXPECT_EQ(check(own, at + good + "&id=7&x=a%20b", "").verdict, Verdict::genuine);
    EXPECT_EQ(check(own, at + good + "&id=7&x=a%20b&y=1", "").verdict, Verdict::forged);
    EXPECT_EQ(check(own, at + good + "&id=7%2Cx%3Da+b", "").verdict, Verdict::malformed);
    EXPECT_EQ(check(own, at + good + "&id=7&x=a%20b?sig=1", "").verdict, Verdict::forged)
        << "a mark is a character";
    const Own form(
        "algorithm hmac-sha256; signature form:sign encoding=hex; "
        "message \"{form|without:sign|sorted:=:&}\"; id form:id;");
    EXPECT_EQ(check(form, at, "sign=" + hex("b=?&id=1") + "&b=?&id=1").verdict, Verdict::genuine);
    EXPECT_EQ(check(form, at, "b=?&id=1&sign=" + hex("b=?&id=1")).verdict, Verdict::genuine);
    EXPECT_EQ(check(form, at, "id=1&id=2&sign=" + hex("id=1&id=2")).verdict, Verdict::malformed);
    EXPECT_EQ(check(form, at, "id=1&sign=" + hex("id=1"), "", "multipart/form-data; boundary=x").verdict,
              Verdict::malformed);
    for (const char* bad :
         {"{query|sorted}", "{query|lower|sorted:=:&}", "{query|sorted:=:&|lower}",
          "{query|sorted:=:&|sorted:=:&}", "{query:a|sorted:=:&}", "{form|lower}", "{form|without:sig}",
          "{form|crc32|sorted}", "{query|sorted:=}", "{form|sorted:==:&}"})
        EXPECT_NE(mistake(in_query + "message \"" + bad + "{body}\"; unsigned_body; unsigned_id;"), "")
            << bad;
    EXPECT_NE(mistake(in_query + "message \"{query|without:id|sorted:=:&}\"; postback; id query:id;"), "");
    EXPECT_NE(mistake(in_query + "message \"{form|without:sig|sorted:=:&}\"; id form:id;"), "")
        << "the signature is no field";
}

TEST(Words, SizedValues) {
    const Own own(hmac256 + "message \"{form:a|sized}{form:b|sized}\"; unsigned_body; id form:a;");
    EXPECT_EQ(check(own, "", "a=1&b=x+y", hex("113x y")).verdict, Verdict::genuine);
    EXPECT_EQ(check(own, "", "a=1", hex("110")).verdict, Verdict::genuine) << "an absent value has no bytes";
    EXPECT_EQ(check(own, "", "a=11&b=x+y", hex("113x y")).verdict, Verdict::forged);
    EXPECT_EQ(mistake(hmac256 + "message \"{form|sized}\"; id form:a;"),
              "the body is not signed: add {body} or \"unsigned_body\"");
    EXPECT_EQ(mistake(hmac256 + "message \"{form|sized}\"; unsigned_body; id form:a;").substr(0, 20),
              "the id is not signed");
    EXPECT_EQ(mistake(hmac256 + "message \"{body|sized}\";"), "");
}

const std::string ebay =
    "challenge method=GET has=query:c \"match=query:c=[A-Za-z0-9_-]{1,128}\" type=application/json "
    "'body={\"r\":\"{query:c|sha256:verification_token,endpoint}\"}';";

TEST(Words, HashesInAnswers) {
    const Own own(hmac256 + ebay);
    const auto answer = [&](const std::string& query, Reply* reply) {
        test::PlainRequest request;
        request.method = "GET";
        request.set_url("https://h.test/in?" + query);
        Outcome outcome;
        EXPECT_TRUE(own.verifier->judge_challenge(Stage::arrived, request, &outcome, reply));
        return outcome.verdict;
    };
    Reply reply, refused;
    EXPECT_EQ(answer("c=abc", &reply), Verdict::challenge);
    const std::string text = "abctoken-0123456789https://h.test/in";
    EXPECT_EQ(reply.body,
              "{\"r\":\"" + base::to_hex(base::digest_of(base::Hash::sha256, text).view()) + "\"}");
    EXPECT_EQ(answer("c=a.b", &refused), Verdict::malformed);
    EXPECT_EQ(param_names(*own.scheme), (std::vector<std::string>{"endpoint", "verification_token"}));
}

TEST(Words, AnAnswerHashesNothingThatASignatureIsMadeOf) {
    const auto problem = [](const std::string& scheme, const std::string& challenge) {
        return mistake(scheme + challenge);
    };
    EXPECT_EQ(
        problem("algorithm sha256; signature header:X-Sig encoding=hex; message \"{body}{secret}\"; ", ebay),
        "\"sha256\" in an answer would sign messages of a plain hash");
    EXPECT_EQ(problem(hmac256, "challenge method=GET has=query:c 'body={query:c|sha256:token}';"),
              "\"query:c\" is hashed for any client: it needs \"match=\" of at most 128");
    EXPECT_EQ(
        problem(
            hmac256,
            "challenge method=GET has=query:c \"match=query:c=[a-z]{1,129}\" 'body={query:c|sha256:token}';"),
        "\"query:c\" is hashed for any client: it needs \"match=\" of at most 128");
    EXPECT_EQ(
        problem(
            hmac256,
            "challenge method=GET has=query:c \"match=query:c=[a-z]{1,8}\" 'require=query:t={config:token}' "
            "'body={query:c|sha256:token}';"),
        "\"token\" is a token that must be proven: an answer may not hash it");
    EXPECT_EQ(
        problem(hmac256,
                "challenge method=GET has=query:c \"match=query:c=[a-z]{1,8}\" 'body={query:c|sha256:a b}';"),
        "\"sha256:a b\" is not the name of a parameter");
    EXPECT_NE(
        problem(hmac256,
                "challenge method=GET has=query:c \"match=query:c=[a-z]{1,8}\" 'body={query:c|sha256}';"),
        "");
    EXPECT_NE(problem(hmac256 + "message \"{body|sha256:a}\";", ""), "");
}

std::string token(const std::string& claims, const std::string& key = secret,
                  const std::string& header = R"({"alg":"HS256"})") {
    std::string text;
    base::encode_text(header, base::Encoding::base64url, &text);
    text += '.';
    base::encode_text(claims, base::Encoding::base64url, &text);
    return text + "." + test::hmac(EVP_sha256(), key, text, base::Encoding::base64url);
}

const std::string claims = R"({"iss":"me","jti":"1","data":{"at":1760000000000,"list":[{"a":"x"}]}})";

TEST(Words, ATokenIsTheBody) {
    const Own own(
        "algorithm jwt-hs256; signature body; claims iss=me /data/list/0/a=x; "
        "timestamp claim:/data/at unit=ms;");
    const auto verdict = [&](const std::string& body) { return check(own, "", body).verdict; };
    EXPECT_EQ(verdict(token(claims)), Verdict::genuine);
    EXPECT_EQ(verdict("\r\n" + token(claims) + "\n"), Verdict::genuine);
    EXPECT_EQ(verdict(token(claims, "another secret 0123456789")), Verdict::forged);
    EXPECT_EQ(verdict(token(claims, secret, R"({"alg":"none"})")), Verdict::forged);
    EXPECT_EQ(verdict(token(claims) + token(claims)), Verdict::forged);
    EXPECT_EQ(verdict("x" + token(claims)), Verdict::forged);
    EXPECT_EQ(verdict(""), Verdict::no_signature);
    EXPECT_EQ(verdict(" \n"), Verdict::no_signature);
    EXPECT_EQ(verdict(token(R"({"iss":"me","data":{"at":1760000000000}})")), Verdict::forged);
    EXPECT_EQ(verdict(token(R"({"iss":"me","data":{"at":1750000000000,"list":[{"a":"x"}]}})")),
              Verdict::stale);
    EXPECT_EQ(verdict(token(R"({"iss":"me","data":{"list":[{"a":"x"}]}})")), Verdict::no_signature);
    EXPECT_EQ(verdict(token(R"({"iss":"me","data":{"at":"x","list":[{"a":"x"}]}})")), Verdict::malformed);
    const std::string long_one = token(R"({"iss":"me","data":{"at":1760000000000,"list":[{"a":"x"}],"b":")" +
                                       std::string(60000, 'b') + "\"}}");
    EXPECT_EQ(verdict(long_one), Verdict::genuine) << "bodies may be longer than headers";
    test::PlainRequest request;
    request.set_body(token(claims), {10, 20});
    EXPECT_EQ(own.verifier->check(request, now_ms).verdict, Verdict::genuine) << "in pieces";
    request.set_header("Content-Encoding", "gzip");
    EXPECT_EQ(own.verifier->check(request, now_ms).verdict, Verdict::encoded);
}

TEST(Words, ATokenIsAValueOfTheBody) {
    const Own json("algorithm jwt-hs256; signature json:/signed;");
    const Own form("algorithm jwt-hs256; signature form:token;");
    EXPECT_EQ(check(json, "", R"({"signed":")" + token(claims) + "\"}").verdict, Verdict::genuine);
    EXPECT_EQ(check(json, "", R"({"signed":")" + token(claims) + R"(","x":1})").verdict, Verdict::genuine);
    EXPECT_EQ(check(json, "", R"({"signed":"a.b.c","signed":")" + token(claims) + "\"}").verdict,
              Verdict::malformed);
    EXPECT_EQ(check(json, "", R"({"signed":{}})").verdict, Verdict::malformed);
    EXPECT_EQ(check(json, "", "{}").verdict, Verdict::no_signature);
    EXPECT_EQ(check(json, "", token(claims)).verdict, Verdict::malformed);
    EXPECT_EQ(check(form, "", "x=1&token=" + token(claims)).verdict, Verdict::genuine);
    EXPECT_EQ(check(form, "", "token=x&token=" + token(claims)).verdict, Verdict::malformed);
}

TEST(Words, OfATokenInTheBodyTheClaimsAreTheContent) {
    const Own own(
        "algorithm jwt-hs256; signature json:/signed; id claim:jti; type claim:/data/list/0/a; identity "
        "event;");
    EXPECT_EQ(own.scheme->by, event::By::id);
    const auto content = [&](const std::string& body) {
        test::PlainRequest request;
        request.set_body(body);
        const Outcome outcome = own.verifier->check(request, now_ms);
        EXPECT_EQ(outcome.verdict, Verdict::genuine);
        return base::to_hex(content_of(*own.scheme, request, outcome, 1 << 20).view());
    };
    const std::string first = content(R"({"signed":")" + token(claims) + "\"}");
    EXPECT_EQ(content(R"({"x":1, "signed":")" + token(claims) + "\"}"), first)
        << "what is not signed does not count";
    EXPECT_NE(content(R"({"signed":")" + token(R"({"jti":"2"})") + "\"}"), first);
}

TEST(Words, WhatATokenInTheBodyDoesNotSignIsNoName) {
    const std::string body = "algorithm jwt-hs256; signature json:/signed; ";
    EXPECT_EQ(mistake(body), "");
    EXPECT_EQ(mistake(body + "id claim:/data/id; type \"{claim:type}.{claim:/a/0}\";"), "");
    EXPECT_EQ(mistake(body + "id claim:/data~2;"), "\"claim:/data~2\" is not a JSON pointer");
    for (const char* name : {"id json:/id;", "type header:X-Type;", "tenant query:t;", "id \"{json:/id}\";"})
        EXPECT_NE(mistake(body + name).find("is not signed by the token"), std::string::npos) << name;
    EXPECT_EQ(mistake(body + "id json:/id; unsigned_id;"), "");
    EXPECT_EQ(mistake("algorithm jwt-hs256; signature json:/signed header:x;"),
              "tokens of one definition stand in the body, or all outside of it");
    EXPECT_EQ(mistake(body + "digest claim:d;"), "a token in the body takes no \"digest\"");
    EXPECT_EQ(mistake("algorithm jwt-hs256; signature header:x; unsigned_body;"),
              "nothing limits the token: add a \"timestamp\" or \"claims exp\"");
    EXPECT_EQ(mistake(body + "timestamp claim:t unit=rfc3339;"),
              "claims are numbers: \"unit=s\" or \"unit=ms\"");
    std::string problem;
    const auto scheme = parsed(body, &problem);
    EXPECT_FALSE(Signer::make(*scheme, {secret}, {}, &problem));
    EXPECT_EQ(problem, "signatures of \"own\" stand in the body, which is sent as it is");
    const auto nested =
        parsed("algorithm jwt-hs256; signature header:x; claims /a/b=x exp; unsigned_body;", &problem);
    EXPECT_FALSE(Signer::make(*nested, {secret}, {}, &problem));
    EXPECT_EQ(problem, "\"own\" has claims within claims, which are not written");
}

TEST(Words, HeadersThatAreRead) {
    std::string problem;
    const auto scheme = parsed(
        hmac256 +
            "timestamp header:X-Time unit=s; message \"{ts}{header:X-In}{body}\"; id "
            "\"{header:X_Id}:{json:/a}\"; "
            "type header:X-Type json:/t; challenge method=GET has=header:X-Has \"body={header:X-Echo}\";",
        &problem);
    ASSERT_TRUE(scheme) << problem;
    std::vector<std::string> names = header_names(*scheme);
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names,
              (std::vector<std::string>{"x-echo", "x-has", "x-in", "x-sig", "x-time", "x-type", "x_id"}));
}

}  // namespace
}  // namespace webhook::signature
