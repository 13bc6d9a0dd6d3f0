#include "signature/verify/verifier.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "signature/catalogue/lookup.hpp"
#include "signature/sign/signer.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::signature {
namespace {

constexpr std::int64_t now_ms = 1760000000000;
const std::string key = "test_secret_key";

std::string hmac(const std::string& text, const std::string& with = key) {
    return test::hmac(EVP_sha256(), with, text, base::Encoding::hex);
}

std::unique_ptr<Verifier> make(std::string_view scheme, std::vector<std::string> secrets = {key},
                               VerifierOptions options = {}) {
    options.secrets = std::move(secrets);
    std::string error;
    auto verifier = Verifier::make(*find_scheme(scheme), options, &error);
    EXPECT_TRUE(verifier) << error;
    return verifier;
}

std::string refusal(std::string_view scheme, std::vector<std::string> secrets) {
    VerifierOptions options;
    options.secrets = std::move(secrets);
    std::string error;
    EXPECT_FALSE(Verifier::make(*find_scheme(scheme), options, &error));
    return error;
}

std::string stripe_header(const std::string& ts, const std::string& body) {
    return "t=" + ts + ",v1=" + hmac(ts + "." + body);
}

Verdict stripe(const std::string& header, const std::string& body = "{}") {
    test::PlainRequest request;
    request.set_body(body);
    request.set_header("Stripe-Signature", header);
    return make("stripe")->check(request, now_ms).verdict;
}

TEST(Verifier, MidstatesGiveWhatOpenSslGives) {
    for (const std::size_t length : {1u, 63u, 64u, 65u, 127u, 128u, 129u, 1000u}) {
        const std::string secret(length, 'k');
        test::PlainRequest request;
        request.set_body("body");
        request.set_header("X-Hub-Signature-256", "sha256=" + hmac("body", secret));
        EXPECT_EQ(make("github", {secret})->check(request, now_ms).verdict, Verdict::genuine) << length;
    }
}

TEST(Verifier, BodyMayBeCutAnywhere) {
    const std::string body = "{\"id\":\"evt_1\",\"x\":\"\xc3\xa9\"}";
    const auto verifier = make("stripe");
    for (std::size_t i = 0; i <= body.size(); ++i) {
        for (std::size_t j = i; j <= body.size(); ++j) {
            test::PlainRequest request;
            request.set_body(body, {i, j});
            request.set_header("Stripe-Signature", stripe_header("1760000000", body));
            ASSERT_EQ(verifier->check(request, now_ms).verdict, Verdict::genuine) << i << " " << j;
        }
    }
}

TEST(Verifier, EmptyBody) {
    EXPECT_EQ(stripe(stripe_header("1760000000", ""), ""), Verdict::genuine);
    test::PlainRequest request;
    request.set_header("X-Hub-Signature-256", "sha256=" + hmac(""));
    EXPECT_EQ(make("github")->check(request, now_ms).verdict, Verdict::genuine);
}

TEST(Verifier, WindowIsBothWays) {
    EXPECT_EQ(stripe(stripe_header("1759999700", "{}")), Verdict::genuine);
    EXPECT_EQ(stripe(stripe_header("1759999699", "{}")), Verdict::stale);
    EXPECT_EQ(stripe(stripe_header("1760000300", "{}")), Verdict::genuine);
    EXPECT_EQ(stripe(stripe_header("1760000301", "{}")), Verdict::stale);
    EXPECT_EQ(stripe("t=1759999699,v1=" + hmac("other")), Verdict::forged);
}

TEST(Verifier, SomeSendersTellANarrowerWindow) {
    struct Case {
        const char *scheme, *header, *before, *between;
        char joint;
        std::int64_t past;
    };
    const Case cases[] = {{"paddle", "Paddle-Signature", "ts=", ";h1=", ':', 60},
                          {"calendly", "Calendly-Webhook-Signature", "t=", ",v1=", '.', 180}};
    for (const Case& each : cases) {
        const auto verdict = [&](std::int64_t age, VerifierOptions options = {}) {
            const std::string ts = std::to_string(now_ms / 1000 - age);
            test::PlainRequest request;
            request.set_body("{}");
            request.set_header(each.header, each.before + ts + each.between + hmac(ts + each.joint + "{}"));
            return make(each.scheme, {key}, options)->check(request, now_ms).verdict;
        };
        EXPECT_EQ(verdict(each.past), Verdict::genuine) << each.scheme;
        EXPECT_EQ(verdict(each.past + 1), Verdict::stale) << each.scheme;
        EXPECT_EQ(verdict(-300), Verdict::genuine) << each.scheme;
        EXPECT_EQ(verdict(-301), Verdict::stale) << each.scheme;
        VerifierOptions wide;
        wide.tolerance_seconds = 400;
        EXPECT_EQ(verdict(400, wide), Verdict::genuine) << each.scheme;
    }
}

TEST(Verifier, ToleranceCanBeSetOrTurnedOff) {
    test::PlainRequest request;
    request.set_body("{}");
    request.set_header("Stripe-Signature", stripe_header("1759996400", "{}"));
    VerifierOptions wide;
    wide.tolerance_seconds = 3600;
    EXPECT_EQ(make("stripe", {key}, wide)->check(request, now_ms).verdict, Verdict::genuine);
    wide.tolerance_seconds = 3599;
    EXPECT_EQ(make("stripe", {key}, wide)->check(request, now_ms).verdict, Verdict::stale);
    VerifierOptions off;
    off.check_window = false;
    EXPECT_EQ(make("stripe", {key}, off)->check(request, now_ms).verdict, Verdict::genuine);
}

TEST(Verifier, UnreadableTimestamps) {
    for (const char* ts :
         {"", "-1", "+1760000000", "1760000000.0", "1e9", " 1760000000", "0x10", "9223372036854775807",
          "9223372036854775808", "18446744073709551616", "99999999999999999999999999999999"}) {
        EXPECT_EQ(stripe(stripe_header(ts, "{}")), Verdict::malformed) << ts;
    }
    EXPECT_EQ(stripe(stripe_header("0", "{}")), Verdict::stale);
    EXPECT_EQ(stripe(stripe_header("999999999999999", "{}")), Verdict::stale);
}

TEST(Verifier, MissingPartsAreNoSignature) {
    EXPECT_EQ(stripe("v1=" + hmac("1760000000.{}")), Verdict::no_signature);
    EXPECT_EQ(stripe("t=1760000000"), Verdict::no_signature);
    EXPECT_EQ(stripe("t=1760000000,v0=" + hmac("1760000000.{}")), Verdict::no_signature);
    EXPECT_EQ(stripe(""), Verdict::no_signature);
    test::PlainRequest request;
    EXPECT_EQ(make("stripe")->check(request, now_ms).verdict, Verdict::no_signature);
}

TEST(Verifier, UndecodableSignaturesAreForged) {
    const std::string good = hmac("1760000000.{}");
    EXPECT_EQ(stripe("t=1760000000,v1=" + good), Verdict::genuine);
    for (const std::string& bad :
         {std::string(), good.substr(1), good.substr(2), good + "00", good + "0", good + " 0", " " + good,
          std::string(64, 'g'), good.substr(0, 62) + "\r\n", good.substr(0, 63) + std::string(1, '\0')}) {
        EXPECT_EQ(stripe("t=1760000000,v1=" + bad), Verdict::forged) << bad;
    }
}

TEST(Verifier, BlanksAroundTheItemsOfAListDoNotCount) {
    const std::string good = hmac("1760000000.{}");
    for (const std::string& header :
         {"t=1760000000, v1=" + good, " t=1760000000 ,\tv1=" + good + " ", "v1=" + good + " , t=1760000000"})
        EXPECT_EQ(stripe(header), Verdict::genuine) << header;
    EXPECT_EQ(stripe("t=1760000000, v1 =" + good), Verdict::no_signature) << "no name holds a blank";
    EXPECT_EQ(stripe("t= 1760000000,v1=" + good), Verdict::malformed) << "nor does a number begin with one";
}

TEST(Verifier, NamesBeforeSignaturesAreInAnyCase) {
    const std::string good = hmac("1760000000.{}");
    EXPECT_EQ(stripe("T=1760000000,V1=" + good), Verdict::genuine);
    EXPECT_EQ(stripe("t=1760000000,v0=" + good), Verdict::no_signature) << "another version is no v1";
    for (const char* name : {"sha256=", "SHA256=", "Sha256="}) {
        test::PlainRequest request;
        request.set_header("X-Hub-Signature-256", name + hmac(""));
        EXPECT_EQ(make("github")->check(request, now_ms).verdict, Verdict::genuine) << name;
    }
    for (const char* name : {"sha1=", "SHA256", "SHA256 =", "sha256==", ""}) {
        test::PlainRequest request;
        request.set_header("X-Hub-Signature-256", name + hmac(""));
        EXPECT_NE(make("github")->check(request, now_ms).verdict, Verdict::genuine) << name;
    }
}

TEST(Verifier, HexInAnyCase) {
    std::string upper = hmac("1760000000.{}");
    for (char& c : upper)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_EQ(stripe("t=1760000000,v1=" + upper), Verdict::genuine);
}

TEST(Verifier, AtMostSixteenSignatures) {
    const std::string good = hmac("1760000000.{}");
    const std::string bad = ",v1=" + std::string(64, '0');
    std::string header = "t=1760000000";
    for (int i = 0; i < 15; ++i)
        header += bad;
    EXPECT_EQ(stripe(header + ",v1=" + good), Verdict::genuine);
    EXPECT_EQ(stripe(header + bad + ",v1=" + good), Verdict::forged);
    for (int i = 0; i < 10000; ++i)
        header += bad;
    EXPECT_EQ(stripe(header + ",v1=" + good), Verdict::forged);
    EXPECT_EQ(stripe("t=1760000000" + std::string(10000, ',') + "v1=" + good), Verdict::genuine);
}

TEST(Verifier, HugeHeadersAndNulBytes) {
    EXPECT_EQ(stripe(std::string(1 << 20, 'x')), Verdict::no_signature);
    EXPECT_EQ(stripe("t=1760000000,v1=" + std::string(1 << 20, 'a')), Verdict::forged);
    EXPECT_EQ(stripe(std::string(1 << 20, ',')), Verdict::no_signature);
    EXPECT_EQ(stripe(std::string("t=1760000000\0,v1=", 17) + hmac("1760000000.{}")), Verdict::malformed);
    EXPECT_EQ(stripe("t=1760000000\r\n,v1=" + hmac("1760000000.{}")), Verdict::malformed);
}

TEST(Verifier, HeadersThatWereSentTwiceMustAgree) {
    test::PlainRequest request;
    request.set_body("{}");
    request.headers.emplace_back("Stripe-Signature", stripe_header("1760000000", "{}"));
    request.headers.emplace_back("stripe-signature", stripe_header("1760000000", "{}"));
    EXPECT_EQ(make("stripe")->check(request, now_ms).verdict, Verdict::genuine);
    request.headers.emplace_back("Stripe-Signature", stripe_header("1760000001", "{}"));
    EXPECT_EQ(make("stripe")->check(request, now_ms).verdict, Verdict::malformed);
    std::swap(request.headers[0], request.headers[2]);
    EXPECT_EQ(make("stripe")->check(request, now_ms).verdict, Verdict::malformed);
}

/// A request of the Standard Webhooks family, signed.
void sign_standard(const std::vector<std::string>& secrets, test::PlainRequest* request) {
    std::string error;
    const auto signer = Signer::make(*find_scheme("standard"), secrets, {}, &error);
    ASSERT_TRUE(signer) << error;
    SignRequest given;
    given.id = "msg_1";
    given.body = request->body;
    given.now_ms = now_ms;
    for (const auto& [name, value] : signer->sign(given).headers)
        request->set_header(name, value);
}

const std::string first_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string second_secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

TEST(Verifier, EachDoubledOrMissingStandardHeader) {
    for (const char* name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
        test::PlainRequest request;
        request.set_body("{}");
        sign_standard({first_secret}, &request);
        const auto verifier = make("standard", {first_secret});
        EXPECT_EQ(verifier->check(request, now_ms).verdict, Verdict::genuine);
        const std::string value(request.header(name).value);
        request.headers.emplace_back(name, value);
        EXPECT_EQ(verifier->check(request, now_ms).verdict, Verdict::genuine) << name;
        request.headers.emplace_back(name, value + "x");
        EXPECT_EQ(verifier->check(request, now_ms).verdict, Verdict::malformed) << name;
        request.remove_header(name);
        EXPECT_EQ(verifier->check(request, now_ms).verdict, Verdict::no_signature) << name;
    }
}

TEST(Verifier, EmptySignedIdIsNoSignature) {
    test::PlainRequest request;
    request.set_body("{}");
    sign_standard({first_secret}, &request);
    request.set_header("webhook-id", "");
    EXPECT_EQ(make("standard", {first_secret})->check(request, now_ms).verdict, Verdict::no_signature);
}

TEST(Verifier, Rotation) {
    test::PlainRequest request;
    request.set_body("{}");
    sign_standard({second_secret, first_secret}, &request);
    EXPECT_EQ(make("standard", {first_secret})->check(request, now_ms).verdict, Verdict::genuine);
    EXPECT_EQ(make("standard", {second_secret})->check(request, now_ms).verdict, Verdict::genuine);
    sign_standard({first_secret}, &request);
    EXPECT_EQ(make("standard", {second_secret, first_secret})->check(request, now_ms).verdict,
              Verdict::genuine);
    EXPECT_EQ(make("standard", {second_secret})->check(request, now_ms).verdict, Verdict::forged);
}

TEST(Verifier, UnknownVersionsNeverMatch) {
    test::PlainRequest request;
    request.set_body("{}");
    sign_standard({first_secret}, &request);
    std::string signature(request.header("webhook-signature").value);
    signature.replace(0, 2, "v2");
    request.set_header("webhook-signature", signature);
    EXPECT_EQ(make("standard", {first_secret})->check(request, now_ms).verdict, Verdict::no_signature);
    signature.replace(0, 2, "V1");
    request.set_header("webhook-signature", signature);
    EXPECT_EQ(make("standard", {first_secret})->check(request, now_ms).verdict, Verdict::no_signature);
}

TEST(Verifier, BadKeysAreRefused) {
    EXPECT_EQ(refusal("standard", {"whsec_"}), "secret is empty behind its prefix");
    EXPECT_EQ(refusal("standard", {"v1,whsec_"}), "secret is empty behind its prefix");
    EXPECT_EQ(refusal("standard", {"whsec_%%%"}), "secret is not base64");
    EXPECT_EQ(refusal("standard", {first_secret, ""}), "secret is empty");
    EXPECT_EQ(refusal("stripe", {}), "no secret");
    EXPECT_EQ(refusal("adyen-platform", {"xyz"}), "secret is not hex");
    EXPECT_EQ(refusal("postmark", {"user"}), "secret is not USER:PASSWORD");
    EXPECT_EQ(refusal("easypost", {"\xe6\x97\xa5"}), "secret holds characters other than Latin letters");
    EXPECT_EQ(refusal("publish", {""}), "secret is empty");
}

TEST(Verifier, Tokens) {
    const auto verifier = make("publish", {"one", "two"});
    const auto verdict = [&](const std::string& value) {
        test::PlainRequest request;
        request.set_header("Authorization", value);
        return verifier->check(request, now_ms).verdict;
    };
    EXPECT_EQ(verdict("Bearer one"), Verdict::genuine);
    EXPECT_EQ(verdict("Bearer two"), Verdict::genuine);
    EXPECT_EQ(verdict("Bearer on"), Verdict::forged);
    EXPECT_EQ(verdict("Bearer one "), Verdict::forged);
    EXPECT_EQ(verdict("Bearer "), Verdict::forged);
    EXPECT_EQ(verdict("one"), Verdict::no_signature);
    EXPECT_EQ(verdict("bearer one"), Verdict::genuine);
    EXPECT_EQ(verdict("BEARER two"), Verdict::genuine);
    EXPECT_EQ(verdict("bearer ONE"), Verdict::forged);
    EXPECT_EQ(verdict("Basic one"), Verdict::no_signature);
}

TEST(Verifier, Basic) {
    const auto verifier = make("postmark", {"user:pass"});
    const auto verdict = [&](const std::string& value) {
        test::PlainRequest request;
        request.set_header("Authorization", value);
        return verifier->check(request, now_ms).verdict;
    };
    EXPECT_EQ(verdict("Basic dXNlcjpwYXNz"), Verdict::genuine);
    EXPECT_EQ(verdict("basic dXNlcjpwYXNz"), Verdict::genuine);
    EXPECT_EQ(verdict("Basic DXNlcjpwYXNz"), Verdict::forged);
    EXPECT_EQ(verdict("Basic dXNlcjpwYXN6"), Verdict::forged);
    EXPECT_EQ(verdict("Basic "), Verdict::forged);
    EXPECT_EQ(verdict("dXNlcjpwYXNz"), Verdict::no_signature);
    EXPECT_EQ(verdict("Bearer dXNlcjpwYXNz"), Verdict::no_signature);
}

TEST(Verifier, QueryTokensAreDecodedAndMayNotBeDoubled) {
    const auto verifier = make("postback-token", {"a b&c"});
    const auto verdict = [&](const std::string& query) {
        test::PlainRequest request;
        request.set_url("https://h.example/pb?" + query);
        return verifier->check(request, now_ms).verdict;
    };
    EXPECT_EQ(verdict("transaction_id=1&security_token=a%20b%26c"), Verdict::genuine);
    EXPECT_EQ(verdict("transaction_id=1&security_token=a+b%26c"), Verdict::genuine);
    EXPECT_EQ(verdict("transaction_id=1&security_token=x&security_token=a%20b%26c"), Verdict::malformed);
    EXPECT_EQ(verdict("transaction_id=1&security%5ftoken=x&security_token=a%20b%26c"), Verdict::malformed);
    EXPECT_EQ(verdict("transaction_id=1"), Verdict::no_signature);
    EXPECT_EQ(verdict("transaction_id=1&security_token"), Verdict::forged);
}

TEST(Verifier, TimestampInTheBody) {
    const auto judge = [](const std::string& body, std::size_t json_max = 1 << 20,
                          const char* encoding = nullptr) {
        VerifierOptions options;
        options.json_max = json_max;
        test::PlainRequest request;
        request.set_body(body);
        request.set_header("Linear-Signature", hmac(body));
        if (encoding != nullptr) request.set_header("Content-Encoding", encoding);
        return make("linear", {key}, options)->check(request, now_ms);
    };
    const std::string body = "{\"a\":[1],\"webhookTimestamp\":1760000000000}";
    EXPECT_EQ(judge(body).verdict, Verdict::genuine);
    EXPECT_EQ(judge(body).verdict, Verdict::genuine);
    EXPECT_EQ(judge("{\"webhookTimestamp\":1759999939999}").verdict, Verdict::stale);
    EXPECT_EQ(judge("{\"webhookTimestamp\":1e3}").verdict, Verdict::malformed);
    EXPECT_EQ(judge("{\"webhookTimestamp\":null}").verdict, Verdict::no_signature);
    EXPECT_EQ(judge("{}").verdict, Verdict::no_signature);
    EXPECT_EQ(judge("not json").verdict, Verdict::malformed);
    EXPECT_EQ(judge(body, 10).verdict, Verdict::too_large);
    EXPECT_EQ(judge(body, 1000, "gzip").verdict, Verdict::encoded);
    EXPECT_EQ(judge(body, 1000, "identity").verdict, Verdict::genuine);
}

TEST(Verifier, NoneLetsEverythingThrough) {
    test::PlainRequest request;
    EXPECT_EQ(make("none", {})->check(request, now_ms).verdict, Verdict::genuine);
}

TEST(Verifier, TimestampIsToldAsReceived) {
    test::PlainRequest request;
    request.set_body("{}");
    request.set_header("Stripe-Signature", stripe_header("1760000000", "{}"));
    EXPECT_EQ(make("stripe")->check(request, now_ms).timestamp, "1760000000");
}

}  // namespace
}  // namespace webhook::signature
