// What the signer makes, the verifier takes: for every scheme there is.

#include "signature/sign/signer.hpp"

#include <gtest/gtest.h>

#include <map>

#include "signature/catalogue/lookup.hpp"
#include "signature/verify/verifier.hpp"
#include "t/unit/signature/public_key_support.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::signature {
namespace {

constexpr std::int64_t now_ms = 1760000000000;
const std::string good_body =
    "{\"id\":\"evt_1\",\"type\":\"order.paid\",\"webhookTimestamp\":1760000000000,"
    "\"timestamp\":1760000000000,\"webhookMetadata\":{\"webhookDeliveryAttemptTimestamp\":\"2025-10-09T08:53:"
    "20Z\"}}";

/// A secret that every key rule can read, or a pair of keys; 'b' gives others than 'a'.
test::KeyPair secret_for(std::string_view scheme, char digit) {
    if (uses_public_keys(*find_scheme(scheme))) {
        const std::string text(scheme_text(scheme));
        const std::size_t at = text.find("algorithm ");
        return test::pair_for(text.substr(at, text.find(';', at) - at), digit == 'b');
    }
    const bool is_basic = scheme_text(scheme).find("algorithm basic") != std::string_view::npos;
    const std::string secret = is_basic ? std::string("user:pass") + digit
                                        : "00112233445566778899aabbccddeeff0123456" + std::string(1, digit);
    return {secret, secret};
}

/// What a scheme asks for beside the secret.
const std::map<std::string, std::string> params = {
    {"public_key", "pk"},          {"audience", "https://hooks.example.com/in"},
    {"email", "push@example.com"}, {"webhook_id", "wh-1"},
    {"app_key", "app-1"},          {"environment", "master"}};

/// Schemes whose signature stands in the body cannot be signed for.
bool can_sign(std::string_view name) {
    std::string error;
    if (Signer::make(*find_scheme(name), {secret_for(name, 'a').private_key}, params, &error))
        return name != "none";
    EXPECT_NE(error.find("stand in the body, which is sent as it is"), std::string::npos) << error;
    return false;
}

struct Trip {
    std::unique_ptr<Signer> signer;
    std::unique_ptr<Verifier> verifier;
};

Trip trip_for(std::string_view name, const std::vector<std::string>& sign_with,
              const std::string& verify_with) {
    const Scheme& scheme = *find_scheme(name);
    std::string error;
    Trip trip;
    trip.signer = Signer::make(scheme, sign_with, params, &error);
    EXPECT_TRUE(trip.signer) << error;
    VerifierOptions options;
    options.secrets = {verify_with};
    options.params = params;
    trip.verifier = Verifier::make(scheme, options, &error);
    EXPECT_TRUE(trip.verifier) << error;
    return trip;
}

void sign(const Signer& signer, bool is_query, test::PlainRequest* request) {
    const std::string url = "https://hooks.example.com/in?click_id=c%201&txid=t-1&timestamp=17&b=2&a=1";
    request->method = is_query ? "GET" : "POST";
    request->set_body(is_query ? "" : good_body);
    SignRequest given;
    given.id = "id-1";
    given.type = "order.paid";
    given.method = request->method;
    given.url = url;
    given.body = request->body;
    given.now_ms = now_ms;
    const Signed result = signer.sign(given);
    for (const auto& [name, value] : result.headers)
        request->headers.emplace_back(name, value);
    request->set_url(result.url);
}

bool signs_body(std::string_view name) {
    const std::string_view text = scheme_text(name);
    if (text.find("unsigned_body") != std::string_view::npos) return false;
    const bool keyed = text.find("algorithm hmac-") != std::string_view::npos ||
                       text.find("algorithm rsa-") != std::string_view::npos ||
                       text.find("algorithm ed25519") != std::string_view::npos ||
                       text.find("algorithm ecdsa-") != std::string_view::npos ||
                       text.find("algorithm http-signature") != std::string_view::npos || name == "netlify" ||
                       name == "plaid" || name == "contentful" ||
                       text.find("{secret}{body}") != std::string_view::npos || name == "hubspot-v2";
    return keyed && !is_query_scheme(*find_scheme(name));
}

TEST(Signer, EverySchemeMakesTheRoundTrip) {
    for (const std::string_view name : scheme_names()) {
        if (!can_sign(name)) continue;
        SCOPED_TRACE(name);
        const test::KeyPair secret = secret_for(name, 'a');
        const Trip trip = trip_for(name, {secret.private_key}, secret.public_key);
        test::PlainRequest request;
        sign(*trip.signer, is_query_scheme(*find_scheme(name)), &request);
        const Outcome outcome = trip.verifier->check(request, now_ms);
        EXPECT_EQ(outcome.verdict, Verdict::genuine) << outcome.reason;
    }
}

TEST(Signer, AChangedByteOfTheBodyIsForged) {
    int count = 0;
    for (const std::string_view name : scheme_names()) {
        if (!signs_body(name)) continue;
        SCOPED_TRACE(name);
        const test::KeyPair secret = secret_for(name, 'a');
        const Trip trip = trip_for(name, {secret.private_key}, secret.public_key);
        test::PlainRequest request;
        sign(*trip.signer, false, &request);
        for (std::size_t i = 0; i < good_body.size(); i += 7) {
            std::string changed = good_body;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            request.set_body(changed);
            EXPECT_EQ(trip.verifier->check(request, now_ms).verdict, Verdict::forged) << i;
        }
        ++count;
    }
    EXPECT_GT(count, 65);
}

TEST(Signer, AnotherSecretIsForged) {
    for (const std::string_view name : scheme_names()) {
        if (!can_sign(name)) continue;
        SCOPED_TRACE(name);
        const Trip trip =
            trip_for(name, {secret_for(name, 'a').private_key}, secret_for(name, 'b').public_key);
        test::PlainRequest request;
        sign(*trip.signer, is_query_scheme(*find_scheme(name)), &request);
        EXPECT_EQ(trip.verifier->check(request, now_ms).verdict, Verdict::forged);
    }
}

TEST(Signer, ListsCarryASignatureOfEachSecret) {
    for (const char* name :
         {"stripe", "standard", "recurly", "paddle", "workos", "persona", "docusign", "box", "pagerduty"}) {
        SCOPED_TRACE(name);
        for (const char digit : {'a', 'b'}) {
            const Trip trip =
                trip_for(name, {secret_for(name, 'a').private_key, secret_for(name, 'b').private_key},
                         secret_for(name, digit).public_key);
            test::PlainRequest request;
            sign(*trip.signer, false, &request);
            EXPECT_EQ(trip.verifier->check(request, now_ms).verdict, Verdict::genuine);
        }
    }
}

TEST(Signer, HeadersLookAsTheProviderSendsThem) {
    const std::string secret = "test_secret_key";
    std::string error;
    const auto signer = Signer::make(*find_scheme("github"), {secret}, {}, &error);
    const std::string_view body = "{}";
    SignRequest given;
    given.id = "delivery-1";
    given.type = "push";
    given.body = {&body, 1, body.size()};
    const Signed result = signer->sign(given);
    ASSERT_EQ(result.headers.size(), 3u);
    EXPECT_EQ(result.headers[0], std::make_pair(std::string("X-GitHub-Delivery"), std::string("delivery-1")));
    EXPECT_EQ(result.headers[1], std::make_pair(std::string("X-GitHub-Event"), std::string("push")));
    EXPECT_EQ(result.headers[2].first, "X-Hub-Signature-256");
    EXPECT_EQ(result.headers[2].second.substr(0, 7), "sha256=");
}

TEST(Signer, LineBreaksNeverReachAHeader) {
    std::string error;
    const auto signer = Signer::make(*find_scheme("github"), {"key"}, {}, &error);
    SignRequest given;
    given.id = "a\r\nX-Evil: 1";
    EXPECT_EQ(signer->sign(given).headers.size(), 1u);
}

TEST(Signer, StandardPathEqualsTheGeneralOne) {
    const std::vector<std::string> secrets = {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                              secret_for("standard", 'b').private_key};
    std::string error;
    const auto signer = Signer::make(*find_scheme("standard"), secrets, {}, &error);
    test::PlainRequest request;
    sign(*signer, false, &request);
    std::string fast;
    ASSERT_TRUE(signer->append_standard("id-1", "1760000000", request.body, &fast));
    EXPECT_EQ(fast, request.header("webhook-signature").value);
    const auto other = Signer::make(*find_scheme("stripe"), {"key"}, {}, &error);
    EXPECT_FALSE(other->append_standard("id-1", "1760000000", request.body, &fast));
}

TEST(Signer, PublishedKnownAnswer) {
    std::string error;
    const auto signer =
        Signer::make(*find_scheme("standard"), {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, {}, &error);
    const std::string_view body = "{\"test\": 2432232314}";
    std::string text;
    ASSERT_TRUE(signer->append_standard("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", {&body, 1, body.size()},
                                        &text));
    EXPECT_EQ(text, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

}  // namespace
}  // namespace webhook::signature
