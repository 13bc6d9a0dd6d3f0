// Definitions that let a forgery through are refused: messages that bind nothing, and cuts.

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "signature/catalogue/lookup.hpp"
#include "signature/sign/signer.hpp"
#include "signature/verify/verifier.hpp"
#include "t/unit/signature/definition_support.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::signature {
namespace {

using std::string_literals::operator""s;

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

}  // namespace
}  // namespace webhook::signature
