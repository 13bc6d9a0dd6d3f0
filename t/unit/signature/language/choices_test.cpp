// Definitions with a choice: algorithms, several prefixes, messages and key rules.

#include <gtest/gtest.h>

#include "signature/keys/prepared.hpp"
#include "signature/language/parser.hpp"
#include "signature/model/scheme.hpp"
#include "signature/sign/signer.hpp"
#include "signature/verify/verifier.hpp"
#include "t/unit/signature/parsed.hpp"
#include "t/unit/signature/public_key_support.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::signature {
namespace {

constexpr std::int64_t now_ms = 1760000000000;
const std::string secret = "a secret of the location 0123456";

std::unique_ptr<Scheme> good(const std::string& text) {
    std::string problem;
    auto scheme = parsed(text, &problem);
    EXPECT_TRUE(scheme) << text << ": " << problem;
    return scheme;
}

class Own {
  public:
    explicit Own(const std::string& text, std::vector<std::string> secrets = {secret}) : scheme_(good(text)) {
        VerifierOptions options;
        options.secrets = std::move(secrets);
        options.params = {{"org", "acme"}};
        std::string error;
        if (scheme_) verifier_ = Verifier::make(*scheme_, options, &error);
        EXPECT_TRUE(verifier_) << error;
    }
    Outcome check(const test::PlainRequest& request) const { return verifier_->check(request, now_ms); }
    Verdict verdict(const std::string& header, const std::string& body) const {
        test::PlainRequest request;
        request.set_header("X-Sig", header);
        request.set_body(body);
        return check(request).verdict;
    }

  private:
    std::unique_ptr<Scheme> scheme_;
    std::unique_ptr<Verifier> verifier_;
};

std::string hex(const EVP_MD* hash, const std::string& key, const std::string& text) {
    return test::hmac(hash, key, text, base::Encoding::hex);
}

const std::string hmac256 = "algorithm hmac-sha256; signature header:X-Sig encoding=hex; ";

TEST(Choices, Sha384) {
    const Own own("algorithm hmac-sha384; signature header:X-Sig encoding=hex;");
    for (const std::size_t length : {0u, 111u, 112u, 128u, 300u}) {
        const std::string body(length, 'b');
        EXPECT_EQ(own.verdict(hex(EVP_sha384(), secret, body), body), Verdict::genuine);
        EXPECT_EQ(own.verdict(hex(EVP_sha512(), secret, body).substr(0, 96), body), Verdict::forged);
        EXPECT_EQ(own.verdict(hex(EVP_sha256(), secret, body), body), Verdict::forged);
    }
    const std::string long_key(200, 'k');
    const Own shortened("algorithm hmac-sha384; signature header:X-Sig encoding=hex;", {long_key});
    EXPECT_EQ(shortened.verdict(hex(EVP_sha384(), long_key, "x"), "x"), Verdict::genuine);
    EXPECT_EQ(mistake("algorithm hmac-sha385; signature header:X-Sig encoding=hex;"),
              "invalid algorithm \"hmac-sha385\", did you mean \"hmac-sha384\"?");
}

TEST(Choices, SeveralPrefixes) {
    const Own own(
        "algorithm hmac-sha256; signature header:X-Sig split=, prefix=sha256= \"prefix={config:org}:\" "
        "encoding=hex;");
    const std::string good = hex(EVP_sha256(), secret, "b");
    for (const std::string& header : {"sha256=" + good, "SHA256=" + good, "acme:" + good, "x, acme:" + good})
        EXPECT_EQ(own.verdict(header, "b"), Verdict::genuine) << header;
    for (const std::string& header : {good, "ACME:" + good, "sha256:" + good, "org:" + good})
        EXPECT_EQ(own.verdict(header, "b"), Verdict::no_signature) << header;
    const Own maybe("algorithm hmac-sha256; signature header:X-Sig prefix=sha256= prefix= encoding=hex;");
    EXPECT_EQ(maybe.verdict("sha256=" + good, "b"), Verdict::genuine);
    EXPECT_EQ(maybe.verdict(good, "b"), Verdict::genuine);
    EXPECT_EQ(maybe.verdict("sha1=" + good, "b"), Verdict::forged);
    EXPECT_EQ(mistake("algorithm hmac-sha256; signature header:X-Sig encoding=hex prefix=a prefix=b prefix=c "
                      "prefix=d prefix=e;"),
              "more than 4 times \"prefix=\"");
}

TEST(Choices, AnIdThatIsTheSignatureHasOneSpelling) {
    const std::string rest = " message \"{query:a}\"; unsigned_body; id ";
    const auto problem = [&](const std::string& algorithm, const std::string& rule, const std::string& id) {
        return mistake("algorithm " + algorithm + "; signature query:sig " + rule + ";" + rest + id + ";");
    };
    EXPECT_EQ(problem("hmac-sha256", "encoding=hex", "\"{query:sig|lower}\""), "");
    EXPECT_EQ(problem("hmac-sha384", "encoding=base64", "query:sig"), "");
    for (const char* rule : {"encoding=base64", "encoding=base64url", "encoding=hex"})
        EXPECT_NE(problem("hmac-sha256", rule, "query:sig"), "") << rule;
    for (const char* rule : {"trim encoding=hex", "prefix=a= prefix=b= encoding=hex", "split=, encoding=hex"})
        EXPECT_NE(problem("hmac-sha256", rule, "\"{query:sig|lower}\""), "") << rule;
    EXPECT_NE(problem("hmac-sha384", "prefix=v= encoding=base64", "query:sig"), "");
    for (const char* algorithm : {"ecdsa-p256-sha256", "ed25519", "rsa-pss-sha256"})
        EXPECT_NE(problem(algorithm, "encoding=hex", "\"{query:sig|lower}\""), "") << algorithm;
}

TEST(Choices, OneOfTheseMessages) {
    const Own own(hmac256 + "message \"id:{query:id|lower};{body}\"; message \"id:{query:id};{body}\";");
    const auto verdict = [&](const std::string& text, const std::string& id, const std::string& body) {
        test::PlainRequest request;
        request.set_url("https://h.test/in?id=" + id);
        request.set_header("X-Sig", hex(EVP_sha256(), secret, text));
        request.set_body(body);
        return own.check(request).verdict;
    };
    EXPECT_EQ(verdict("id:ab1;{}", "Ab1", "{}"), Verdict::genuine);
    EXPECT_EQ(verdict("id:Ab1;{}", "Ab1", "{}"), Verdict::genuine);
    EXPECT_EQ(verdict("id:AB1;{}", "Ab1", "{}"), Verdict::forged);
    EXPECT_EQ(verdict("id:Ab1;{}", "Ab1", "{ }"), Verdict::forged);
    EXPECT_EQ(verdict("Ab1{}", "Ab1", "{}"), Verdict::forged);
}

TEST(Choices, ABodyOrAFieldOfIt) {
    const Own own(hmac256 +
                  "message \"{body}\"; message \"{form:payload}\"; unsigned_body; id form:payload;");
    const auto verdict = [&](const std::string& text, const std::string& body, const char* type) {
        test::PlainRequest request;
        request.set_header("X-Sig", hex(EVP_sha256(), secret, text));
        request.set_header("Content-Type", type);
        request.set_body(body);
        return own.check(request).verdict;
    };
    const char* form = "application/x-www-form-urlencoded";
    EXPECT_EQ(verdict("{\"a\":1}", "{\"a\":1}", "application/json"), Verdict::genuine);
    EXPECT_EQ(verdict("{\"a\":1}", "payload=%7B%22a%22%3A1%7D", form), Verdict::genuine);
    EXPECT_EQ(verdict("{\"a\":2}", "payload=%7B%22a%22%3A1%7D", form), Verdict::forged);
    EXPECT_EQ(verdict("{\"a\":2}", "{\"a\":1}", "application/json"), Verdict::forged) << "no form, no matter";
    EXPECT_EQ(verdict("{\"a\":1}", "payload=x&payload=%7B%22a%22%3A1%7D", form), Verdict::forged);
}

TEST(Choices, MessagesThatCannotBeToldApartAreRefused) {
    const std::string apart =
        "messages of one definition hold the same values in the same order with the same text between (only "
        "their "
        "filters may differ), or one value each";
    const std::string ts = "timestamp header:X-Time unit=s; ";
    EXPECT_EQ(mistake(hmac256 + "message \"{header:X-Id}.{body}\"; message \"{body}\";"), apart);
    EXPECT_EQ(mistake(hmac256 + "message \"{header:X-Id}.{body}\"; message \"{body}.{header:X-Id}\";"),
              apart);
    EXPECT_EQ(mistake(hmac256 + ts + "message \"{ts}.{body}\"; message \"{ts}{body}\";"), apart);
    EXPECT_EQ(mistake(hmac256 + ts + "message \"{ts}.{body}\"; message \"{ts}.{body}.\";"), apart);
    EXPECT_EQ(mistake(hmac256 + "message \"a[{header:X-Id}]{body}\"; message \"a{header:X-Id}{body}\";"),
              apart);
    EXPECT_EQ(mistake(hmac256 + ts + "message \"{ts}.{body}\"; message \"{ts}.{body|jsonesc}\";"), "");
}

TEST(Choices, EachMessageMustHoldByItself) {
    EXPECT_EQ(mistake(hmac256 + "message \"{body}\"; message \"{json:/a}\";"),
              "the body is not signed: add {body} or \"unsigned_body\"");
    EXPECT_EQ(mistake(hmac256 + "message \"{body}\"; message \"{query:a}\"; postback; id query:a;"),
              "one message signs the body and another does not: add \"unsigned_body\"");
    EXPECT_EQ(mistake(hmac256 + "message \"{body}\"; message \"{body|crc32}\"; unsigned_body;"),
              "no part of the message differs by event, so one signature fits all: add {body}");
    EXPECT_EQ(mistake(hmac256 + "message \"{url}{body}\"; message \"{url|before:x}{body}\";").substr(0, 26),
              "what {url|before:x} leaves");
    EXPECT_EQ(mistake(hmac256 + "message \"{body}\"; message \"{method}\"; unsigned_body;"),
              "no part of the message differs by event, so one signature fits all: add {body}");
    EXPECT_EQ(mistake(hmac256 + "message \"{form:a}\"; message \"{form:b}\"; unsigned_body; id form:a;")
                  .substr(0, 20),
              "the id is not signed");
    EXPECT_EQ(mistake(hmac256 + "message \"{body}\"; message \"{body|jsonesc}\"; message \"{sha256:body}\"; "
                                "message \"{body|lower}\"; message \"{form|sorted}\";"),
              "more than 4 messages");
    const std::string answer =
        "challenge method=GET has=query:c \"match=query:c=[a-z]{1,32}\" \"body={query:c|hmac}\";";
    EXPECT_EQ(mistake(hmac256 + "message \"{body}\"; " + answer), "");
    EXPECT_EQ(mistake(hmac256 +
                      "message \"{body}\"; message \"{header:X-A}\"; unsigned_body; id header:X-A; " + answer)
                  .substr(0, 16),
              "a signed message")
        << "an answer could be one of the second";
}

TEST(Choices, SeveralKeyRules) {
    const std::string raw = "0123456789abcdefghij", text = "whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWo=";
    const Own own("algorithm hmac-sha256; key whsec utf8; signature header:X-Sig encoding=hex;",
                  {"not base64 at all!", text});
    EXPECT_EQ(own.verdict(hex(EVP_sha256(), raw, "b"), "b"), Verdict::genuine) << "decoded";
    EXPECT_EQ(own.verdict(hex(EVP_sha256(), text, "b"), "b"), Verdict::genuine) << "as it is";
    EXPECT_EQ(own.verdict(hex(EVP_sha256(), "not base64 at all!", "b"), "b"), Verdict::genuine);
    EXPECT_EQ(own.verdict(hex(EVP_sha256(), text.substr(6), "b"), "b"), Verdict::forged);
    test::PlainRequest request;
    request.set_header("X-Sig", hex(EVP_sha256(), text, "b"));
    request.set_body("b");
    EXPECT_EQ(own.check(request).key, 1u) << "the second secret, by whatever rule";
    const auto scheme = good("algorithm hmac-sha256; key hex base64; signature header:X-Sig encoding=hex;");
    VerifierOptions options;
    std::string error;
    options.secrets = {"neither of both!"};
    EXPECT_FALSE(Verifier::make(*scheme, options, &error));
    EXPECT_EQ(error, "secret is not hex");
    EXPECT_EQ(key_bytes(*scheme, "00112233445566778899aabbccddeeff").size(), 2u);
    EXPECT_EQ(mistake("algorithm hmac-sha256; key utf8 utf8; signature header:X-Sig encoding=hex;"),
              "key rule \"utf8\" is duplicate");
    EXPECT_EQ(mistake("algorithm hmac-sha256; key utf8 pem; signature header:X-Sig encoding=hex;"),
              "the key rule does not fit the algorithm");
    EXPECT_EQ(
        mistake(
            "algorithm hmac-sha256; key utf8 hex; signature header:X-Sig encoding=hex; challenge method=GET "
            "has=query:c \"match=query:c=[a-z]{1,32}\" \"body={query:c|hmac}\";"),
        "\"hmac\" needs a definition with one key rule");
    EXPECT_EQ(mistake("algorithm ed25519; key hex base64; signature header:X-Sig encoding=hex;"),
              "several key rules are for the secrets of HMAC algorithms only");
    EXPECT_EQ(mistake("algorithm token; key utf8 hex; signature header:X-Sig; unsigned_body;"),
              "several key rules are for the secrets of HMAC algorithms only");
    EXPECT_EQ(mistake("algorithm ed25519; key hex id=header:X-Key x; signature header:X-Sig encoding=hex;"),
              "invalid parameter \"x\"");
}

TEST(Choices, ASignerTakesTheFirstOfEach) {
    const auto scheme = good(
        "algorithm hmac-sha256; key base64 utf8; signature header:X-Sig prefix=sha256= prefix=v1= "
        "encoding=hex; "
        "timestamp header:X-Time unit=http-date; message \"{body}{ts}\"; message \"{body|jsonesc}{ts}\";");
    std::string error;
    const std::string text = "MDEyMzQ1Njc4OWFiY2RlZmdoaWo=";
    const auto signer = Signer::make(*scheme, {text}, {}, &error);
    ASSERT_TRUE(signer) << error;
    test::PlainRequest request;
    request.set_body("Body");
    SignRequest given;
    given.body = request.body;
    given.now_ms = now_ms;
    const Signed made = signer->sign(given);
    ASSERT_EQ(made.headers.size(), 2u);
    EXPECT_EQ(made.headers[0].second, "Thu, 09 Oct 2025 08:53:20 GMT");
    EXPECT_EQ(made.headers[1].second,
              "sha256=" + hex(EVP_sha256(), "0123456789abcdefghij", "BodyThu, 09 Oct 2025 08:53:20 GMT"));
}

TEST(Choices, MoreOfPublicKeys) {
    const std::string body = "{\"id\":\"1\"}";
    for (const auto& [word, private_key, public_key] :
         {std::tuple{"rsa-sha512", test::rsa_private, test::rsa_public},
          std::tuple{"rsa-pss-sha256", test::rsa_private, test::rsa_public},
          std::tuple{"rsa-pss-sha512", test::rsa_private, test::rsa_public},
          std::tuple{"ecdsa-p256-sha1", test::p256_private, test::p256_public}}) {
        const std::string text =
            std::string("algorithm ") + word + "; signature header:X-Sig encoding=base64;";
        const auto scheme = good(text);
        const auto other = good("algorithm rsa-sha256; signature header:X-Sig encoding=base64;");
        std::string error;
        const auto signer = Signer::make(*scheme, {private_key}, {}, &error);
        ASSERT_TRUE(signer) << error;
        test::PlainRequest request;
        request.set_body(body);
        SignRequest given;
        given.body = request.body;
        const std::string signature = signer->sign(given).headers.at(0).second;
        const Own own(text, {public_key});
        EXPECT_EQ(own.verdict(signature, body), Verdict::genuine) << word;
        EXPECT_EQ(own.verdict(signature, body + " "), Verdict::forged) << word;
        if (public_key == test::rsa_public) {
            const Own sha256("algorithm rsa-sha256; signature header:X-Sig encoding=base64;", {public_key});
            EXPECT_EQ(sha256.verdict(signature, body), Verdict::forged) << word;
        }
    }
}

}  // namespace
}  // namespace webhook::signature
