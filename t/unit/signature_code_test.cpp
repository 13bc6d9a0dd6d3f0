// Schemes whose signature takes code: tokens, SNS, HTTP Message Signatures, Contentful. As somebody who tries to forge.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "public_key_support.hpp"
#include "signature/encoding.hpp"
#include "signature/hmac.hpp"
#include "signature/http_signature.hpp"
#include "signature/key_set.hpp"
#include "signature/scheme_set.hpp"
#include "signature/structured_field.hpp"
#include "signature/verifier.hpp"
#include "signature_support.hpp"

namespace webhook::signature {
namespace {

using nlohmann::json;
using Params = std::map<std::string, std::string>;

constexpr std::int64_t now = 1760000000;

std::unique_ptr<Verifier> verifier_of(const Scheme& scheme, const std::string& secret,
                                      const Params& params = {}) {
    VerifierOptions options;
    options.secrets = {secret};
    options.params = params;
    std::string error;
    auto verifier = Verifier::make(scheme, options, &error);
    EXPECT_TRUE(verifier) << error;
    return verifier;
}

std::string refusal(const Scheme& scheme, const std::string& secret) {
    VerifierOptions options;
    options.secrets = {secret};
    std::string error;
    EXPECT_FALSE(Verifier::make(scheme, options, &error));
    return error;
}

std::string encoded(std::string_view bytes, Encoding encoding = Encoding::base64) {
    std::string text;
    encode_text(bytes, encoding, &text);
    return text;
}

std::string digest_of(event::Hash hash, std::string_view text) {
    event::HashState state(hash);
    state.update(text);
    return std::string(state.finish().view());
}

std::string signature_of(const std::string& private_pem, PublicAlgorithm algorithm, const std::string& text) {
    KeySet keys;
    std::string error, signature;
    EXPECT_TRUE(read_keys(private_pem, "", {KeyRule::pem, family_of(algorithm), KeyUse::sign}, &keys, &error))
        << error;
    const std::string input = hash_of(algorithm) ? digest_of(*hash_of(algorithm), text) : text;
    EXPECT_TRUE(keys.front().sign(algorithm, input, &signature));
    return signature;
}

std::string hmac_of(const std::string& secret, std::string_view text) {
    const HmacKey key(event::Hash::sha256, secret);
    event::HashState state = key.start();
    state.update(text);
    return std::string(key.finish(&state).view());
}

// --- tokens

const std::string token_body = R"({"webhook_code":"ERROR"})";

std::string body_digest() {
    return encoded(digest_of(event::Hash::sha256, token_body), Encoding::hex);
}

std::string token_part(const std::string& text) {
    return encoded(text, Encoding::base64url);
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

// --- SNS

json sns_message(const std::string& type) {
    json message = {
        {"Type", type},
        {"MessageId", "22b80b92"},
        {"TopicArn", "arn:aws:sns:us-west-2:123456789012:MyTopic"},
        {"Message", "paid?\nyes"},
        {"Timestamp", "2025-10-09T08:53:20.000Z"},
        {"SignatureVersion", "2"},
        {"SigningCertURL", "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-1.pem"}};
    if (type == "Notification") return message;
    message["SubscribeURL"] = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription";
    message["Token"] = "2336412f37";
    return message;
}

void sign_sns(json* message) {
    std::string text;
    for (const char* name :
         {"Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"}) {
        if (message->contains(name) && (*message)[name].is_string())
            text.append(name).append("\n").append((*message)[name].get<std::string>()).append("\n");
    }
    const auto algorithm =
        message->at("SignatureVersion") == "1" ? PublicAlgorithm::rsa_sha1 : PublicAlgorithm::rsa_sha256;
    (*message)["Signature"] = encoded(signature_of(test::rsa_private, algorithm, text));
}

Outcome sns(const std::string& body, const Params& params = {}, Reply* reply = nullptr) {
    const auto verifier = verifier_of(*find_scheme("aws-sns"), test::rsa_public, params);
    test::PlainRequest request;
    request.set_body(body);
    Outcome outcome = verifier->check(request, now * 1000);
    if (reply != nullptr) verifier->judge_challenge(Stage::verified, request, &outcome, reply);
    return outcome;
}

TEST(Sns, EverySignedMemberCounts) {
    for (const char* type : {"Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"}) {
        for (const char* version : {"1", "2"}) {
            json message = sns_message(type);
            message["SignatureVersion"] = version;
            if (message["Type"] == "Notification") message["Subject"] = "subject";
            sign_sns(&message);
            EXPECT_EQ(sns(message.dump()).verdict, Verdict::genuine);
            for (const auto& [name, value] : message.items()) {
                SCOPED_TRACE(name);
                json changed = message;
                changed[name] = value.get<std::string>() + "0";
                EXPECT_NE(sns(changed.dump()).verdict, Verdict::genuine);
                changed.erase(name);
                EXPECT_NE(sns(changed.dump()).verdict, Verdict::genuine);
            }
        }
    }
}

TEST(Sns, TextHasOneReading) {
    json message = sns_message("Notification");
    sign_sns(&message);
    const std::string good = message.dump();
    const auto replaced = [&](const std::string& from, const std::string& to) {
        std::string body = good;
        body.replace(body.find(from), from.size(), to);
        return sns(body).verdict;
    };
    EXPECT_EQ(replaced("paid?", "paid\\u003f"), Verdict::genuine);
    for (const char* half : {"\\ud800", "\\udc00", "\\ud83d\\u0041", "\\ud83dx", "\\ud83d\\ud83d"})
        EXPECT_EQ(replaced("paid?", std::string("paid") + half), Verdict::malformed)
            << half << " is read as ?";
    EXPECT_EQ(replaced("{", "{\"Type\":\"Notification\","), Verdict::malformed);
    EXPECT_EQ(replaced("{", "{\"Typ\\u0065\":\"Notification\","), Verdict::malformed);
    EXPECT_EQ(replaced("{", "{\"x\":\"\xc1\x94\","), Verdict::malformed);
    // Members moved into one another.
    message["Subject"] = "a\nTimestamp\nb";
    sign_sns(&message);
    EXPECT_EQ(sns(message.dump()).verdict, Verdict::forged);
}

TEST(Sns, WhatIsOldIsStale) {
    const std::pair<const char*, Verdict> times[] = {{"2025-10-05T08:53:20.000Z", Verdict::genuine},
                                                     {"2025-10-05T08:53:19.999Z", Verdict::stale},
                                                     {"2025-10-09T08:58:20.000Z", Verdict::genuine},
                                                     {"2025-10-09T08:58:20.001Z", Verdict::stale},
                                                     {"1760000000", Verdict::malformed},
                                                     {"", Verdict::malformed}};
    for (const auto& [time, verdict] : times) {
        json message = sns_message("Notification");
        message["Timestamp"] = time;
        sign_sns(&message);
        EXPECT_EQ(sns(message.dump()).verdict, verdict) << time;
    }
}

TEST(Sns, OnlyAmazonsCertificate) {
    for (const char* url :
         {"http://sns.us-west-2.amazonaws.com/a.pem", "https://sns.us-west-2.amazonaws.com.evil.com/a.pem",
          "https://evil.com/sns.us-west-2.amazonaws.com/a.pem",
          "https://sns.us-west-2.amazonaws.com@evil.com/a.pem",
          "https://evil.com/?sns.us-west-2.amazonaws.com/a.pem", "https://sns.amazonaws.com/a.pem",
          "https://sns..amazonaws.com/a.pem", "https://s3.us-west-2.amazonaws.com/a.pem",
          "https://sns.us-west-2.amazonaws.com:444/a.pem", "https://sns.us-west-2.amazonaws.com/a.pem?x=.pem",
          "https://sns.us-west-2.amazonaws.com/a", ""}) {
        json message = sns_message("Notification");
        message["SigningCertURL"] = url;
        sign_sns(&message);
        EXPECT_EQ(sns(message.dump()).verdict, Verdict::forged) << url;
    }
    json message = sns_message("Notification");
    message["SigningCertURL"] = "https://sns.cn-north-1.amazonaws.com.cn/a.pem";
    sign_sns(&message);
    EXPECT_EQ(sns(message.dump()).verdict, Verdict::genuine);
}

TEST(Sns, TheTopicMayBeAsked) {
    json message = sns_message("Notification");
    sign_sns(&message);
    const std::string body = message.dump();
    EXPECT_EQ(sns(body, {{"topic_arn", "arn:aws:sns:us-west-2:123456789012:MyTopic"}}).verdict,
              Verdict::genuine);
    EXPECT_EQ(sns(body, {{"topic_arn", "arn:other, arn:aws:sns:us-west-2:123456789012:MyTopic"}}).verdict,
              Verdict::genuine);
    EXPECT_EQ(sns(body, {{"topic_arn", "arn:aws:sns:us-west-2:123456789012:MyTopic2"}}).verdict,
              Verdict::forged);
    EXPECT_EQ(sns(body, {{"topic_arn", "arn:aws:sns:us-west-2:123456789012:"}}).verdict, Verdict::forged);
}

TEST(Sns, ConfirmationsAreForTheOperator) {
    for (const char* type : {"SubscriptionConfirmation", "UnsubscribeConfirmation"}) {
        json message = sns_message(type);
        sign_sns(&message);
        Reply reply;
        EXPECT_EQ(sns(message.dump(), {}, &reply).verdict, Verdict::challenge);
        EXPECT_EQ(reply.status, 200u);
        EXPECT_EQ(reply.body, "");
        std::map<std::string, std::string> captured(reply.captured.begin(), reply.captured.end());
        for (const char* name : {"Type", "TopicArn", "SubscribeURL", "Token"})
            EXPECT_EQ(captured[name], message[name].get<std::string>());
        // Forged ones tell nobody anything.
        message["SubscribeURL"] = "https://evil.example/";
        Reply none;
        EXPECT_EQ(sns(message.dump()).verdict, Verdict::forged);
    }
    json message = sns_message("Notification");
    sign_sns(&message);
    Reply reply;
    EXPECT_EQ(sns(message.dump(), {}, &reply).verdict, Verdict::genuine);
    EXPECT_TRUE(reply.captured.empty());
}

// --- HTTP Message Signatures

/// A request with Content-Digest, signed over what `input` lists ("(...);created=...").
class SignedRequest {
  public:
    explicit SignedRequest(const std::string& url = "https://hooks.example.com/in?a=1") {
        request.set_url(url);
        request.set_body(R"({"id":"1"})");
        request.set_header("Content-Digest", content_digest(request.body));
    }

    void sign(const std::string& input, const std::string& label = "sig1") {
        const std::string field = label + "=" + input;
        std::vector<SignatureInput> inputs;
        std::string base;
        ASSERT_TRUE(parse_signature_input(field, &inputs));
        ASSERT_TRUE(make_signature_base(request, inputs.front(), &base));
        const auto append = [](std::string* all, const std::string& member) {
            *all += (all->empty() ? "" : ", ") + member;
        };
        append(&inputs_, field);
        append(&signatures_,
               label + "=:" + encoded(signature_of(test::ed25519_private, PublicAlgorithm::ed25519, base)) +
                   ":");
        request.set_header("Signature-Input", inputs_);
        request.set_header("Signature", signatures_);
    }

    Verdict judge(const char* scheme = "http-signature") const {
        return verifier_of(*find_scheme(scheme), test::ed25519_public)->check(request, now * 1000).verdict;
    }

    test::PlainRequest request;

  private:
    std::string inputs_, signatures_;
};

const std::string created = ";created=1760000000";

TEST(HttpSignature, MustCoverWhatTheSchemeSays) {
    const auto judge = [](const std::string& list, const char* url) {
        SignedRequest made(url);
        made.sign("(" + list + ")" + created);
        return made.judge();
    };
    const char *plain = "https://hooks.example.com/in", *query = "https://hooks.example.com/in?a=1";
    for (const char* target : {"@target-uri", "@request-target", "@path"})
        EXPECT_EQ(judge(std::string("\"@method\" \"") + target + "\" \"content-digest\"", plain),
                  Verdict::genuine)
            << target;
    EXPECT_EQ(judge(R"("@method" "@path" "@query" "content-digest")", query), Verdict::genuine);
    EXPECT_EQ(judge(R"("@method" "@target-uri" "content-digest")", query), Verdict::genuine);
    EXPECT_EQ(judge(R"("@method" "@path" "content-digest")", query), Verdict::forged)
        << "the query is anybody's";
    EXPECT_EQ(judge(R"("@method" "@authority" "content-digest")", plain), Verdict::forged);
    EXPECT_EQ(judge(R"("@target-uri" "content-digest")", plain), Verdict::forged);
    EXPECT_EQ(judge(R"("@method" "@target-uri")", plain), Verdict::forged);
    EXPECT_EQ(judge("", plain), Verdict::forged);
}

TEST(HttpSignature, ComponentsWithParametersAreNotSupported) {
    for (const char* component :
         {R"("content-digest";sf)", R"("content-digest";bs)", R"("content-digest";req)",
          R"("content-digest";key="sha-256")", R"("@query-param";name="a")", R"("@status")",
          R"("@signature-params")", R"("Content-Digest")"}) {
        SignedRequest made;
        made.sign(R"(("@method" "@target-uri" "content-digest"))" + created);
        std::vector<SignatureInput> inputs;
        std::string base;
        ASSERT_TRUE(parse_signature_input(std::string("sig1=(") + component + ")", &inputs)) << component;
        EXPECT_FALSE(make_signature_base(made.request, inputs.front(), &base)) << component;
    }
}

TEST(HttpSignature, ChangesAreForged) {
    SignedRequest made;
    made.request.set_header("X-Kind", "paid");
    made.sign(R"(("@method" "@target-uri" "content-digest" "x-kind"))" + created);
    EXPECT_EQ(made.judge(), Verdict::genuine);
    const auto changed = [&](auto change, auto back) {
        change();
        const Verdict verdict = made.judge();
        back();
        return verdict;
    };
    auto& request = made.request;
    EXPECT_EQ(changed([&] { request.method = "PUT"; }, [&] { request.method = "POST"; }), Verdict::forged);
    EXPECT_EQ(changed([&] { request.set_body("{}"); }, [&] { request.set_body(R"({"id":"1"})"); }),
              Verdict::forged);
    EXPECT_EQ(changed([&] { request.headers.emplace_back("X-Kind", "paid"); },
                      [&] { request.set_header("X-Kind", "paid"); }),
              Verdict::forged);
    EXPECT_EQ(changed([&] { request.set_url("https://hooks.example.com/in?a=2"); },
                      [&] { request.set_url("https://hooks.example.com/in?a=1"); }),
              Verdict::forged);
    EXPECT_EQ(made.judge(), Verdict::genuine);
    const std::string digest(request.header("content-digest").value);
    request.headers.emplace_back("Content-Digest", digest);
    EXPECT_EQ(made.judge(), Verdict::malformed);
}

TEST(HttpSignature, LabelsAndDates) {
    const std::string list = R"(("@method" "@target-uri" "content-digest"))";
    SignedRequest two;
    two.sign(R"(("@method"))" + created, "proxy");
    two.sign(list + created, "sig");
    EXPECT_EQ(two.judge(), Verdict::genuine) << "one of them is enough, in any place";

    SignedRequest repeated;
    repeated.sign(list + created);
    repeated.sign(R"(("@method"))" + created);
    EXPECT_EQ(repeated.judge(), Verdict::forged) << "one label for two signatures";

    const std::pair<const char*, Verdict> dates[] = {
        {";created=1759999700", Verdict::genuine},
        {";created=1759999699", Verdict::stale},
        {";created=1760000300", Verdict::genuine},
        {";created=1760000301", Verdict::stale},
        {";created=999999999999999", Verdict::stale},
        {"", Verdict::no_signature},
        {";created=1760000000;expires=1759999999", Verdict::stale},
        {";created=1760000000;expires=1760000000", Verdict::genuine},
        {";created=1760000000;nonce=\"n\";tag=\"t\"", Verdict::genuine},
        {";created=1760000000;alg=\"ed25519\"", Verdict::genuine},
        {";created=1760000000;alg=\"hmac-sha256\"", Verdict::forged},
        {";created=1760000000;alg=\"rsa-v1_5-sha256\"", Verdict::forged}};
    for (const auto& [params, verdict] : dates) {
        SignedRequest made;
        made.sign(list + params);
        EXPECT_EQ(made.judge(), verdict) << params;
    }
    for (const char* bad : {"sig1=()", "sig1=(;created=1", "sig1", "", "sig1=(\"a\" \"a\")",
                            "sig1=(\"a\"\"b\")", "sig1=();created=1.5", "sig1=();created=\"1\"",
                            "sig1=();created=1;created=2", "sig1=();created=-1", "Sig1=()", "sig1=(),"}) {
        SignedRequest made;
        made.sign(list + created);
        made.request.set_header("Signature-Input", bad);
        EXPECT_NE(made.judge(), Verdict::genuine) << bad;
    }
}

TEST(HttpSignature, TheDigestMustBeOfABodysHash) {
    for (const char* digest : {"sha-256=:AAAA:", "md5=:AAAA:", "", "sha-256=abc", "unixsum=30637"}) {
        SignedRequest made;
        made.request.set_header("Content-Digest", digest);
        made.sign(R"(("@method" "@target-uri" "content-digest"))" + created);
        EXPECT_EQ(made.judge(), Verdict::forged) << digest;
    }
    SignedRequest made;
    made.request.set_header("Content-Digest",
                            "sha-512=:" + encoded(digest_of(event::Hash::sha512, R"({"id":"1"})")) + ":");
    made.sign(R"(("@method" "@target-uri" "content-digest"))" + created);
    EXPECT_EQ(made.judge(), Verdict::genuine);
}

// --- AdMob: the query up to the signature

TEST(Admob, NothingFollowsTheSignature) {
    const std::string query = "reward_amount=1&transaction_id=t1";
    std::string signature =
        encoded(signature_of(test::p256_private, PublicAlgorithm::ecdsa_p256, query), Encoding::base64url);
    const auto verifier = verifier_of(*find_scheme("admob"), test::p256_public);
    const auto judge = [&](const std::string& whole) {
        test::PlainRequest request;
        request.method = "GET";
        request.set_url("https://hooks.example.com/in?" + whole);
        return verifier->check(request, now * 1000).verdict;
    };
    const std::string tail = "&signature=" + signature + "&key_id=1";
    EXPECT_EQ(judge(query + tail), Verdict::genuine);
    EXPECT_EQ(judge(query + "&signature=" + signature), Verdict::genuine);
    // Whoever takes the last of two values would take this one.
    EXPECT_EQ(judge(query + tail + "&reward_amount=1000"), Verdict::forged);
    EXPECT_EQ(judge(query + "&signature=" + signature + "&x=1&key_id=1"), Verdict::forged);
    EXPECT_EQ(judge(query + tail + "&%72eward_amount=1000"), Verdict::forged);
    EXPECT_EQ(judge("reward_amount=1000&" + query + tail), Verdict::forged);
    EXPECT_EQ(judge(query + tail + "&signature=x"), Verdict::malformed);
}

// --- Contentful

Verdict contentful(const std::string& list, const std::string& text,
                   const std::vector<std::pair<std::string, std::string>>& headers = {}) {
    test::PlainRequest request;
    request.set_url("https://hooks.example.com/in?q=a%20b");
    request.set_body("{}");
    request.set_header("X-Contentful-Timestamp", "1760000000000");
    request.set_header("X-Contentful-Signed-Headers", list);
    for (const auto& [name, value] : headers)
        request.headers.emplace_back(name, value);
    request.set_header("X-Contentful-Signature", encoded(hmac_of("secret", text), Encoding::hex));
    return verifier_of(*find_scheme("contentful"), "secret")->check(request, now * 1000).verdict;
}

TEST(Contentful, TheListOfHeadersIsSignedToo) {
    const std::string both = "x-contentful-signed-headers,x-contentful-timestamp",
                      start = "POST\n/in?q%253Da%252520b\n";
    const std::string values =
        "x-contentful-signed-headers:" + both + ";x-contentful-timestamp:1760000000000\n{}";
    EXPECT_EQ(contentful(both, start + values), Verdict::genuine);
    EXPECT_EQ(contentful(both, "POST\n/in?q=a%20b\n" + values), Verdict::forged);
    EXPECT_EQ(contentful("x-contentful-timestamp", start + "x-contentful-timestamp:1760000000000\n{}"),
              Verdict::forged);
    EXPECT_EQ(contentful("x-contentful-signed-headers",
                         start + "x-contentful-signed-headers:x-contentful-signed-headers\n{}"),
              Verdict::forged)
        << "a timestamp that is not signed";
    const std::string more = "x-a," + both;
    const std::string with =
        start + "x-a:1;x-contentful-signed-headers:" + more + ";x-contentful-timestamp:1760000000000\n{}";
    EXPECT_EQ(contentful(more, with, {{"X-A", "1"}}), Verdict::genuine);
    EXPECT_EQ(contentful(more, with, {{"X-A", "2"}}), Verdict::forged);
    EXPECT_EQ(contentful(more, with, {{"X-A", "1"}, {"X-A", "1"}}), Verdict::malformed);
    EXPECT_EQ(contentful(more, with), Verdict::forged);
}

}  // namespace
}  // namespace webhook::signature
