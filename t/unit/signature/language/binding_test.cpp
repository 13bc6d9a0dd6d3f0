// What a definition may not say because a forgery could pass: messages that bind nothing, cuts, challenges
// that events or messages could be; and the length extension of plain hashes.

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/utf8.hpp"
#include "signature/catalogue/lookup.hpp"
#include "signature/keys/key_reuse.hpp"
#include "signature/language/parser.hpp"
#include "signature/sign/signer.hpp"
#include "signature/verify/verifier.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::signature {
namespace {

using std::string_literals::operator""s;

constexpr std::int64_t now_ms = 1760000000000;
const std::string secret = "0123456789abcdef0123456789abcdef";

std::unique_ptr<Scheme> parsed(const std::string& text, std::string* error) {
    std::vector<Directive> directives;
    LanguageError problem;
    auto scheme = tokenize(text, &directives, &problem) ? parse_scheme("own", directives, &problem) : nullptr;
    *error = problem.message;
    return scheme;
}

std::string mistake(const std::string& text) {
    std::string error;
    return parsed(text, &error) != nullptr ? std::string() : error;
}

const std::string hmac = "algorithm hmac-sha256; signature header:X-Sig encoding=hex; ";
const std::string query = "algorithm hmac-sha256; signature query:sig encoding=hex; postback; ";

std::string message_mistake(const std::string& message,
                            const std::string& more = "unsigned_body; unsigned_id;") {
    return mistake(hmac + "message \"" + message + "\"; " + more);
}

TEST(Binding, MessagesWithoutAPartThatDiffersByEventAreRefused) {
    const std::string ts = "timestamp header:X-Time unit=s; unsigned_body; unsigned_id;";
    for (const char* message : {"{method}",
                                "constant",
                                "[constant]",
                                "v1:{method}",
                                "{header:Host}",
                                "{header:user-agent}",
                                "{header:Content-Type}",
                                "{header:Content-Length}",
                                "{header:X-Forwarded-For}",
                                "{header:Accept}",
                                "{header:Authorization}",
                                "{header:Cookie}",
                                "{header:Date}",
                                "{header:X-Real-IP}",
                                "{url}",
                                "{method}{url}",
                                "{config:account}",
                                "{secret}",
                                "{config:a}{method}{header:Host}",
                                "{method}{header:Host}[{header:Accept}]"}) {
        EXPECT_NE(message_mistake(message), "") << message;
    }
    for (const char* message :
         {"{ts}", "{ts}{method}", "{header:X-Time}", "{ts}{header:X-Time}", "{ts}{header:Host}"})
        EXPECT_NE(message_mistake(message, ts), "") << message;
    for (const char* message : {"[{query:id}]", "[{query:id}][{header:X-Id}]", "v0:[{json:/id}]"})
        EXPECT_NE(message_mistake(message).find("brackets"), std::string::npos) << message;
    EXPECT_NE(message_mistake("[{query:id}]{ts}", ts).find("brackets"), std::string::npos);
    for (const char* message : {"{body}", "{header:X-Id}", "{json:/id}", "{query:id}", "{form:id}", "{query}",
                                "{sha256:body}", "{query:id}[{header:X-Id}]"}) {
        EXPECT_EQ(message_mistake(message), "") << message;
    }
}

TEST(Binding, OneOfTheBracketsMustBeThere) {
    const std::string any = " any; unsigned_body; unsigned_id;";
    EXPECT_EQ(mistake(hmac + "message \"[a:{query:a};][b:{header:X-B};]\"" + any), "");
    EXPECT_NE(mistake(hmac + "message \"[a:{query:a};][b:{header:Host};]\"" + any), "");
    EXPECT_NE(mistake(hmac + "message \"{query:a}\"" + any), "");
    EXPECT_NE(mistake(hmac + "message \"[{query:a}]\" all; unsigned_body; unsigned_id;"), "");
    std::string error;
    const auto scheme = parsed(hmac + "message \"[a:{query:a};][b:{header:X-B};]end\"" + any, &error);
    ASSERT_TRUE(scheme) << error;
    VerifierOptions options;
    options.secrets = {secret};
    const auto verifier = Verifier::make(*scheme, options, &error);
    const auto judged = [&](const std::string& url, const std::string& message) {
        test::PlainRequest request;
        request.set_url(url);
        request.set_header("x-sig", test::hmac(EVP_sha256(), secret, message, base::Encoding::hex));
        return verifier->check(request, now_ms).verdict;
    };
    EXPECT_EQ(judged("https://h.test/?a=1", "a:1;end"), Verdict::genuine);
    EXPECT_EQ(judged("https://h.test/", "end"), Verdict::forged);
    EXPECT_EQ(judged("https://h.test/?a=", "end"), Verdict::forged);
}

TEST(Binding, TransformsDoNotTakeThePlaceOfTheContent) {
    EXPECT_NE(message_mistake("{header:X-Id|crc32}"), "");
    EXPECT_NE(message_mistake("{json:/id|crc32}"), "");
    EXPECT_NE(message_mistake("{body|crc32}"), "") << "nothing else differs";
    EXPECT_NE(message_mistake("{body}{header:X-Id|crc32}", ""), "");
    EXPECT_NE(message_mistake("{query|crc32}"), "");
    EXPECT_NE(message_mistake("{body|lower|crc32}"), "");
    EXPECT_NE(message_mistake("{header:X-Id}{body|crc32}", "id header:X-Id;"), "");
    EXPECT_EQ(message_mistake("{header:X-Id}{body|crc32}", "unsigned_body; id header:X-Id;"), "");
    EXPECT_NE(message_mistake("{header:X-Id|sortedquery}"), "");
    EXPECT_NE(mistake(query + "message \"{query:a}{body|crc32}\"; id query:a;"), "");
}

TEST(Binding, CutsLeaveOutTheSignatureOnly) {
    const auto cut = [](const std::string& message) {
        return mistake(query + "message \"" + message + "\"; id query:id;");
    };
    EXPECT_EQ(cut("{query_string|before:&sig=}"), "");
    EXPECT_EQ(cut("{query|before:&sig=}"), "");
    EXPECT_EQ(cut("{url|before:&sig=}"), "");
    EXPECT_EQ(cut("{url|without:sig}"), "");
    EXPECT_EQ(cut("{query|without:sig}"), "");
    for (const char* message : {"{query|before:sig=}",
                                "{query|before:&sig}",
                                "{query|before:&}",
                                "{query|before:&x=}",
                                "{url|before:?}",
                                "{url|before:?sig=}",
                                "{query|before:&SIG=}",
                                "{query|before:&%73ig=}",
                                "{query|before:&sig=|before:&b=}",
                                "{query|lower|before:&sig=}",
                                "{query|before:&sig=|lower}",
                                "{query|without:sig|before:&sig=}",
                                "{query|without:amount}",
                                "{url|without:id}",
                                "{url|without:sig|without:id}",
                                "{query|sortedquery|before:&sig=}",
                                "{query:id}{query:name|before:,}",
                                "{query:id}{header:X|before:,}",
                                "{query:id}{header:X|without:a}",
                                "{query:id}{body|before:&sig=}"}) {
        EXPECT_NE(cut(message), "") << message;
    }
}

// "&xsig=": a cut by "sig=" would have left that parameter out of what is signed.
TEST(Binding, ACutParameterIsSignedOrRefused) {
    std::string error;
    const auto scheme = parsed(query + "message \"{query|before:&sig=}\"; id query:id;", &error);
    ASSERT_TRUE(scheme) << error;
    VerifierOptions options;
    options.secrets = {secret};
    const auto verifier = Verifier::make(*scheme, options, &error);
    const auto judged = [&](const std::string& before, const std::string& signed_text,
                            const std::string& after) {
        test::PlainRequest request;
        request.method = "GET";
        request.set_url("https://h.test/?" + before +
                        "&sig=" + test::hmac(EVP_sha256(), secret, signed_text, base::Encoding::hex) + after);
        return verifier->check(request, now_ms).verdict;
    };
    EXPECT_EQ(judged("id=1", "id=1", ""), Verdict::genuine);
    for (const char* added : {"&a=1", "&sig=", "&%73ig=0", "&&a=1", "&sig2=1"})
        EXPECT_NE(judged("id=1", "id=1", added), Verdict::genuine) << added;
    for (const char* added : {"&xsig=1", "&a=1", "&%73ig=1", "&Sig=1", ";sig=1"})
        EXPECT_NE(judged("id=1"s + added, "id=1", ""), Verdict::genuine) << added;
}

TEST(Binding, AnIdBesideTheMessageMustBeSaid) {
    const auto with = [](const std::string& id) {
        return message_mistake("{header:X-Id}.{json:/a}.{query:q|lower}", "unsigned_body; " + id);
    };
    for (const char* good :
         {"id header:x-id;", "id json:/a;", "id \"{header:X-Id}-{json:/a}\";", "id \"{query:q|lower}\";",
          "id header:X-Id json:/other;", "unsigned_id; id json:/other;", "unsigned_id;",
          "id \"{header:X-Sig|lower}\";"}) {
        EXPECT_EQ(with(good), "") << good;
    }
    for (const char* bad : {"", "id json:/id;", "id header:X-Other;", "id json:/other header:X-Id;",
                            "id query:q;", "id sha256:body;", "id \"{header:X-Id}{json:/other}\";",
                            "id json:/a json:/other;", "id header:X-Sig;", "id \"{query:q}\";"}) {
        EXPECT_NE(with(bad).find("the id is not signed"), std::string::npos) << bad << with(bad);
    }
    // Where body or query are signed as a whole, ids may stand anywhere (GitHub).
    EXPECT_EQ(message_mistake("{body}", "id header:X-Other;"), "");
    EXPECT_EQ(mistake(query + "message \"{query|without:sig}\"; id query:id;"), "");
    EXPECT_NE(mistake(query + "message \"{query:a}\"; id query:id;"), "");
    EXPECT_NE(mistake(query + "message \"{query:a}\";"), "");
    EXPECT_NE(mistake(query + "message \"{query|without:sig}\";"), "")
        << "a copy by another method would be another event";
}

// The path of a location is mostly the same for all events; of conversions it may be the only thing that
// tells them apart.
TEST(Binding, Paths) {
    for (const char* message : {"{path}", "{path:2}", "{path}.{method}"}) {
        EXPECT_NE(message_mistake(message).find("no part of the message differs by event"), std::string::npos)
            << message;
        EXPECT_EQ(mistake(query + "message \"" + message + "\"; id path:2;"), "") << message;
    }
    EXPECT_EQ(mistake(query + "message \"{path:2}\"; id path:2;"), "");
    for (const std::string unsigned_path :
         {"message \"{url|without:sig}\"; id path:2;", "message \"{path:2}\"; id path:1;",
          "message \"{path:2}\"; id path;", "message \"{query:a}\"; id path;",
          "message \"{query:a}{path|lower}\"; id path:2;",
          "message \"{query:a}[{query:b}{path}]\"; id path;"})
        EXPECT_NE(mistake(query + unsigned_path).find("the id is not signed"), std::string::npos)
            << unsigned_path;
    EXPECT_NE(mistake(hmac + "message \"{body}\"; id claim:jti;").find("is of tokens only"),
              std::string::npos);
    EXPECT_NE(mistake(hmac + "message \"{body}\"; type \"{json:/a}$b\";").find("variables of nginx"),
              std::string::npos);
    EXPECT_NE(mistake(hmac + "message \"{body}{xml:/a}\";").find("is not a source"), std::string::npos);
}

// A value in a document that is signed as a whole is signed (Braintree's payload).
TEST(Binding, DocumentsInSignedValues) {
    const auto with = [](const std::string& id) {
        return message_mistake("{form:p}", "unsigned_body; id " + id + ";");
    };
    EXPECT_EQ(with("form:p>base64>xml:/a/b"), "");
    EXPECT_EQ(with("\"{form:p>json:/a}-{form:p>json:/b|lower}\""), "");
    for (const char* bad :
         {"form:q>json:/a", "json:/p>json:/a", "xml:/p", "\"{form:p>json:/a}-{form:q>json:/a}\""})
        EXPECT_NE(with(bad).find("the id is not signed"), std::string::npos) << bad;
    EXPECT_NE(message_mistake("{form:p>json:/a}", "unsigned_body; id form:p>json:/b;"), "")
        << "a part of it is not all";
    EXPECT_NE(message_mistake("{query:x}{form:p|lower}", "unsigned_body; id form:p>json:/b;"), "");
}

TEST(Binding, QuerySchemesRefuseBodies) {
    const auto judged = [](const std::string& text, const std::string& method, const std::string& body,
                           const std::string& message) {
        std::string error;
        const auto scheme = parsed(text, &error);
        EXPECT_TRUE(scheme) << error;
        VerifierOptions options;
        options.secrets = {secret};
        const auto verifier = Verifier::make(*scheme, options, &error);
        test::PlainRequest request;
        request.method = method;
        request.set_url("https://h.test/?id=1&sig=" +
                        test::hmac(EVP_sha256(), secret, message, base::Encoding::hex));
        request.set_body(body);
        return verifier->check(request, now_ms).verdict;
    };
    const std::string id = query + "message \"{query:id}\"; id query:id;";
    for (const char* method : {"GET", "POST"}) {
        EXPECT_EQ(judged(id, method, "", "1"), Verdict::genuine);
        EXPECT_EQ(judged(id, method, "x", "1"), Verdict::malformed);
        EXPECT_EQ(judged(id, method, "\r\n", "1"), Verdict::malformed);
        EXPECT_EQ(judged(id + "unsigned_body;", method, "x", "1"), Verdict::genuine);
        EXPECT_EQ(judged(query + "message \"{query:id}{body}\"; id query:id;", method, "x", "1x"),
                  Verdict::genuine);
    }
    const auto signer = Signer::make(*find_scheme("postback-md5"), {secret}, {}, nullptr);
    SignRequest request;
    request.url = "https://h.test/?click_id=1&txid=2&payout=3";
    EXPECT_EQ(signer->sign(request).problem, nullptr);
    const std::string_view body = "x";
    request.body = {&body, 1, body.size()};
    EXPECT_NE(signer->sign(request).problem, nullptr);
}

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

TEST(ChallengeRules, KnowsWhoseMessagesAHandshakeCouldSign) {
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

/// The digest of a longer message than the one whose digest is known: the inner state is set from the digest.
/// Only the bytes between matter here: every padding holds 0x80 and NULs, which the verifier sees before
/// anything else.
std::string padding_of(std::size_t size, bool big_endian) {
    std::string padding = "\x80";
    while ((size + padding.size()) % 64 != 56)
        padding += '\0';
    for (int i = 0; i < 8; ++i) {
        const int shift = big_endian ? 8 * (7 - i) : 8 * i;
        padding += static_cast<char>((size * 8) >> shift & 255);
    }
    return padding;
}

std::string plain_hash(const EVP_MD* hash, const std::string& text) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest, &size, hash, nullptr);
    std::string out;
    base::encode_text({reinterpret_cast<const char*>(digest), size}, base::Encoding::hex, &out);
    return out;
}

TEST(LengthExtension, PaddingIsNeverPartOfAMessage) {
    const std::vector<std::pair<std::string, const EVP_MD*>> hashes = {
        {"md5", EVP_md5()}, {"sha1", EVP_sha1()}, {"sha256", EVP_sha256()}, {"sha512", EVP_sha512()}};
    std::size_t tried = 0;
    for (const auto& [word, hash] : hashes) {
        std::string error;
        const auto scheme = parsed("algorithm " + word +
                                       "; signature header:x-sig encoding=hex; "
                                       "message \"pre{secret}:{body}\";",
                                   &error);
        ASSERT_TRUE(scheme) << error;
        VerifierOptions options;
        options.secrets = {secret};
        const auto verifier = Verifier::make(*scheme, options, &error);
        for (std::size_t length = 0; length < 200; ++length) {
            const std::string start = "pre" + secret + ":" + std::string(length, 'b');
            const std::string body =
                std::string(length, 'b') + padding_of(start.size(), word != "md5") + "{\"more\":1}";
            for (const std::vector<std::size_t>& cuts :
                 {std::vector<std::size_t>{}, {length}, {length + 1}, {length + 5}}) {
                test::PlainRequest request;
                request.set_body(body, cuts);
                request.set_header("x-sig", plain_hash(hash, "pre" + secret + ":" + body));
                const Outcome outcome = verifier->check(request, now_ms);
                EXPECT_EQ(outcome.verdict, Verdict::forged);
                EXPECT_NE(std::string(outcome.reason).find("follow the secret"), std::string::npos);
                ++tried;
            }
        }
    }
    EXPECT_EQ(tried, 3200u);
}

TEST(LengthExtension, TextIsTakenAndBytesAreNot) {
    const Scheme& scheme = *find_scheme("hubspot-v2");
    std::string error;
    VerifierOptions options;
    options.secrets = {secret};
    const auto verifier = Verifier::make(scheme, options, &error);
    const auto signer = Signer::make(scheme, {secret}, {}, &error);
    ASSERT_TRUE(verifier && signer) << error;
    const auto judged = [&](const std::string& body) {
        test::PlainRequest request;
        request.set_url("https://h.test/in");
        std::vector<std::size_t> cuts;
        for (std::size_t i = 0; i < body.size(); ++i)
            cuts.push_back(i);
        request.set_body(body, cuts);
        request.set_header("x-hubspot-signature",
                           plain_hash(EVP_sha256(), secret + "POSThttps://h.test/in" + body));
        const std::string_view view = body;
        SignRequest wanted;
        wanted.url = "https://h.test/in";
        wanted.body = {&view, 1, view.size()};
        const Verdict verdict = verifier->check(request, now_ms).verdict;
        EXPECT_EQ(signer->sign(wanted).problem == nullptr, verdict == Verdict::genuine) << body;
        return verdict;
    };
    for (const std::string& text :
         {""s, "{\"a\":\"Zo\xc3\xab \xe6\x97\xa5\xf0\x9f\x9a\x80\"}"s, "a\tb\r\nc"s, "\xc2\xa0"s})
        EXPECT_EQ(judged(text), Verdict::genuine) << text;
    for (const std::string& text :
         {"a\0b"s, "\x80"s, "\x7f"s, "\x1b[2J"s, "a\x01"s, "\xc2\x85"s, "\xc2"s, "\xe6\x97"s, "\xc0\x80"s,
          "\xed\xa0\x80"s, "\xf5\x80\x80\x80"s, "\x0b"s}) {
        EXPECT_EQ(judged(text), Verdict::forged) << text;
    }
}

TEST(LengthExtension, ASecretAtTheEndNeedsNoText) {
    std::string error;
    const auto scheme = parsed(
        "algorithm sha1; signature header:x-sig encoding=hex; message \"{secret}{body}{secret}\";", &error);
    ASSERT_TRUE(scheme) << error;
    VerifierOptions options;
    options.secrets = {secret};
    const auto verifier = Verifier::make(*scheme, options, &error);
    test::PlainRequest request;
    request.set_body("a\0\xff"s);
    request.set_header("x-sig", plain_hash(EVP_sha1(), secret + "a\0\xff"s + secret));
    EXPECT_EQ(verifier->check(request, now_ms).verdict, Verdict::genuine);
}

TEST(PlainTextScan, AgreesWithTheWholeTextInEveryCut) {
    for (const std::string& text :
         {"plain"s, "\xc3\xab\xe6\x97\xa5\xf0\x9f\x9a\x80"s, "\xf0\x9f\x9a"s, "\xe6\x97\xa5\x80"s}) {
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            base::PlainTextScan scan;
            const bool good = scan.feed(std::string_view(text).substr(0, cut)) &&
                              scan.feed(std::string_view(text).substr(cut)) && scan.done();
            EXPECT_EQ(good, base::valid_utf8(text)) << text << cut;
        }
    }
}

}  // namespace
}  // namespace webhook::signature
