// Tokens, as somebody who tries to forge them.

#include "signature/catalogue/lookup.hpp"
#include "t/unit/signature/code_support.hpp"

namespace webhook::signature {
namespace {

const std::string token_body = R"({"webhook_code":"ERROR"})";

std::string body_digest() {
    return encoded(base::digest_of(base::Hash::sha256, token_body).view(), base::Encoding::hex);
}

std::string token_part(const std::string& text) {
    return encoded(text, base::Encoding::base64url);
}

std::string es256(const std::string& header, const std::string& claims) {
    const std::string text = token_part(header) + "." + token_part(claims);
    return text + "." + token_part(signature_of(test::p256_private, PublicAlgorithm::ecdsa_p256_raw, text));
}

std::string hs256(const std::string& secret, const std::string& header, const std::string& claims) {
    const std::string text = token_part(header) + "." + token_part(claims);
    return text + "." + token_part(hmac_of(secret, text));
}

const std::string es256_header = R"({"alg":"ES256","kid":"k1"})";
std::string plaid_claims() {
    return json{{"iat", now}, {"request_body_sha256", body_digest()}}.dump();
}

Verdict judge_token(const Verifier& verifier, const char* header, const std::string& token) {
    test::PlainRequest request;
    request.set_body(token_body);
    request.set_header(header, token);
    return verifier.check(request, now * 1000).verdict;
}

Verdict plaid(const std::string& token) {
    static const auto verifier = verifier_of(*find_scheme("plaid"), test::p256_public);
    return judge_token(*verifier, "plaid-verification", token);
}

TEST(Jwt, OnlyTheOneFormIsTaken) {
    const std::string good = es256(es256_header, plaid_claims());
    EXPECT_EQ(plaid(good), Verdict::genuine);
    EXPECT_EQ(plaid(good + "="), Verdict::forged) << "padding";
    EXPECT_EQ(plaid(good + "."), Verdict::forged);
    EXPECT_EQ(plaid(good + ".x"), Verdict::forged);
    EXPECT_EQ(plaid("." + good), Verdict::forged);
    EXPECT_EQ(plaid(good.substr(0, good.rfind('.') + 1)), Verdict::forged) << "no signature";
    EXPECT_EQ(plaid(good.substr(0, good.rfind('.'))), Verdict::forged) << "two parts";
    EXPECT_EQ(plaid(" " + good), Verdict::forged);
    EXPECT_EQ(plaid(""), Verdict::forged);
    EXPECT_EQ(plaid(std::string(20000, 'A') + good), Verdict::forged);
    // Bits beyond the last byte of the signature are zero: 64 bytes are 85 digits and 2 bits more.
    const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string other = good;
    other.back() = alphabet[alphabet.find(good.back()) ^ 1];
    EXPECT_EQ(plaid(other), Verdict::forged);
}

// Claims are sources of names, so those of a token that nobody vouches for must not come out of the check.
TEST(Jwt, ClaimsAreToldWhenTheTokenIsGenuine) {
    const auto verifier = verifier_of(*find_scheme("plaid"), test::p256_public);
    const auto claims_of = [&](const std::string& token, std::int64_t at = now) {
        test::PlainRequest request;
        request.set_body(token_body);
        request.set_header("plaid-verification", token);
        const Outcome outcome = verifier->check(request, at * 1000);
        EXPECT_EQ(outcome.claims.empty(), outcome.verdict != Verdict::genuine);
        return outcome.claims;
    };
    const std::string good = es256(es256_header, plaid_claims());
    EXPECT_EQ(claims_of(good), plaid_claims());
    EXPECT_EQ(claims_of(good, now + 3600), "") << "stale";
    EXPECT_EQ(claims_of(good + "x"), "") << "forged";
    EXPECT_EQ(claims_of(es256(es256_header, json{{"iat", now}, {"request_body_sha256", "00"}}.dump())), "")
        << "of another body";
    EXPECT_EQ(claims_of(es256(es256_header, R"({"iat":1,"iat":2})")), "") << "a repeated claim";
    EXPECT_EQ(claims_of(""), "");
}

TEST(Jwt, TheAlgorithmIsTheSchemes) {
    for (const char* header :
         {R"({"alg":"none"})", R"({"alg":"HS256"})", R"({"alg":"es256"})", R"({"alg":"RS256"})", R"({})",
          R"({"alg":["ES256"]})", R"({"alg":"ES256","alg":"ES256"})",
          R"({"alg":"ES256","crit":["b64"],"b64":false})", R"({"alg":"ES256","b64":false})", R"([])"}) {
        EXPECT_EQ(plaid(es256(header, plaid_claims())), Verdict::forged) << header;
    }
    // The oldest trick: the public key taken for an HMAC key.
    EXPECT_EQ(plaid(hs256(test::p256_public, R"({"alg":"HS256"})", plaid_claims())), Verdict::forged);
    EXPECT_EQ(plaid(hs256(test::p256_public, es256_header, plaid_claims())), Verdict::forged);
    EXPECT_EQ(refusal(*find_scheme("netlify"), test::p256_public),
              "PEM or JWK where a shared secret belongs");
    EXPECT_EQ(refusal(*find_scheme("netlify"), R"({"kty":"EC","crv":"P-256"})"),
              "PEM or JWK where a shared secret belongs");
}

TEST(Jwt, AKeyInTheTokenIsNotLookedAt) {
    const std::string own = json{
        {"alg", "ES256"},
        {"jwk", {{"kty", "EC"}}},
        {"jku", "https://evil.example/"},
        {"kid", "../../k1"}}.dump();
    EXPECT_EQ(plaid(es256(own, plaid_claims())), Verdict::genuine) << "signed with ours all the same";
    const std::string text = token_part(own) + "." + token_part(plaid_claims());
    EXPECT_EQ(
        plaid(text + "." +
              token_part(signature_of(test::p256_other_private, PublicAlgorithm::ecdsa_p256_raw, text))),
        Verdict::forged);
}

TEST(Jwt, TheBodyIsBound) {
    const auto claims = [](const json& value) {
        return es256(es256_header, json{{"iat", now}, {"request_body_sha256", value}}.dump());
    };
    std::string upper = body_digest();
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    EXPECT_EQ(plaid(claims(upper)), Verdict::genuine);
    for (const json& value : {json(""), json(nullptr), json({body_digest()}), json(body_digest() + "00"),
                              json(body_digest().substr(2)), json(1), json(true)}) {
        EXPECT_EQ(plaid(claims(value)), Verdict::forged) << value;
    }
    EXPECT_EQ(plaid(es256(es256_header, json{{"iat", now}}.dump())), Verdict::forged);
    const std::string twice =
        R"({"iat":1760000000,"request_body_sha256":"00","request_body_sha256":")" + body_digest() + "\"}";
    EXPECT_EQ(plaid(es256(es256_header, twice)), Verdict::forged) << "a repeated claim";
}

TEST(Jwt, DatesAreJudged) {
    const auto iat = [](const std::string& date, const std::string& more = "") {
        return plaid(es256(es256_header, R"({"request_body_sha256":")" + body_digest() + "\"" + more +
                                             ",\"iat\":" + date + "}"));
    };
    EXPECT_EQ(iat("1759999700"), Verdict::genuine);
    EXPECT_EQ(iat("1759999699"), Verdict::stale);
    EXPECT_EQ(iat("1760000060"), Verdict::genuine);
    EXPECT_EQ(iat("1760000061"), Verdict::stale);
    EXPECT_EQ(iat("1760000000.9"), Verdict::genuine);
    for (const char* date : {"\"1760000000\"", "-1", "1.76e9", "99999999999999999999", "null", "[]"})
        EXPECT_EQ(iat(date), Verdict::malformed) << date;
    EXPECT_EQ(iat("999999999999"), Verdict::stale);
    EXPECT_EQ(iat("1760000000", R"(,"exp":1759999941)"), Verdict::genuine) << "60 s of leeway";
    EXPECT_EQ(iat("1760000000", R"(,"exp":1759999940)"), Verdict::stale);
    EXPECT_EQ(iat("1760000000", R"(,"nbf":1760000061)"), Verdict::stale);
    EXPECT_EQ(iat("1760000000", R"(,"exp":"never")"), Verdict::malformed);
    EXPECT_EQ(plaid(es256(es256_header, R"({"request_body_sha256":")" + body_digest() + "\"}")),
              Verdict::no_signature);
}

TEST(Jwt, ClaimsMustBeWhatTheSchemeSays) {
    const Params params = {{"audience", "https://hooks.example.com/in"}, {"email", "push@example.com"}};
    const auto verifier = verifier_of(*find_scheme("pubsub"), test::rsa_public, params);
    const json good = {{"iss", "https://accounts.google.com"},
                       {"aud", "https://hooks.example.com/in"},
                       {"email", "push@example.com"},
                       {"email_verified", true},
                       {"exp", now + 3600}};
    const auto judge = [&](const json& claims) {
        const std::string text = token_part(R"({"alg":"RS256"})") + "." + token_part(claims.dump());
        return judge_token(
            *verifier, "authorization",
            "Bearer " + text + "." +
                token_part(signature_of(test::rsa_private, PublicAlgorithm::rsa_sha256, text)));
    };
    const auto with = [&](const char* name, const json& value) {
        json claims = good;
        claims[name] = value;
        return judge(claims);
    };
    EXPECT_EQ(judge(good), Verdict::genuine);
    EXPECT_EQ(with("iss", "accounts.google.com"), Verdict::genuine);
    EXPECT_EQ(with("aud", json{"https://other", "https://hooks.example.com/in"}), Verdict::genuine);
    EXPECT_EQ(with("aud", json{"https://other"}), Verdict::forged);
    EXPECT_EQ(with("aud", json::array()), Verdict::forged);
    EXPECT_EQ(with("aud", json{{"https://hooks.example.com/in", 1}}), Verdict::forged);
    EXPECT_EQ(with("aud", "https://hooks.example.com/in/"), Verdict::forged);
    EXPECT_EQ(with("email_verified", false), Verdict::forged);
    EXPECT_EQ(with("email", "PUSH@example.com"), Verdict::forged);
    EXPECT_EQ(with("iss", nullptr), Verdict::forged);
    EXPECT_EQ(with("exp", now - 60), Verdict::stale);
    for (const char* name : {"iss", "aud", "email", "email_verified", "exp"}) {
        json claims = good;
        claims.erase(name);
        EXPECT_EQ(judge(claims), Verdict::forged) << name;
    }
}

}  // namespace
}  // namespace webhook::signature
