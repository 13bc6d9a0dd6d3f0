// Several signatures in one request, and keys that change at a date.

#include "base/time.hpp"
#include "endpoint/rotating_signer.hpp"
#include "signature/catalogue/lookup.hpp"
#include "signature/catalogue/scheme_text.hpp"
#include "signature/sign/signer.hpp"
#include "t/unit/signature/public_key_support.hpp"
#include "t/unit/worker/send/support.hpp"

namespace webhook::test {
namespace {

constexpr const char* key_a = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* key_b = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// What the scheme signs of a request as it came.
std::string signed_again(const char* scheme, const std::string& secret, const Received& request) {
    std::string error;
    const auto signer = signature::Signer::make(*signature::find_scheme(scheme), {secret}, {}, &error);
    EXPECT_TRUE(signer) << error;
    const std::string_view body = request.body;
    signature::SignRequest again;
    const std::string id = request.header("webhook-id");
    again.id = id;
    again.body = {&body, 1, body.size()};
    again.now_ms = std::stoll(request.header("webhook-timestamp")) * 1000;
    for (const auto& [name, value] : signer->sign(again).headers) {
        if (name == "webhook-signature") return value;
    }
    return "none";
}

std::string quoted_pem(const std::string& text) {
    std::string out = "\"";
    for (const char c : text)
        out += c == '\n' ? std::string("\\n") : std::string(1, c);
    return out + "\"";
}

TEST_F(SenderTest, SymmetricAndAsymmetricSignaturesShareAHeader) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    const KeyPair pair = pair_for("algorithm ed25519", false);
    const std::string symmetric = R"({"secrets":[")" + std::string(key_a) + "\"]}",
                      asymmetric =
                          R"({"scheme":"standard-ed25519","secrets":[)" + quoted_pem(pair.private_key) + "]}";
    for (const std::string& list : {symmetric + "," + asymmetric, asymmetric + "," + symmetric}) {
        server.requests->clear();
        EXPECT_EQ(send(document_for(server.url(), ",\"sign\":[" + list + "]")).error, "") << problem;
        const Received& request = server.requests->at(0);
        EXPECT_EQ(request.header("webhook-signature"),
                  signed_again("standard", key_a, request) + " " +
                      signed_again("standard-ed25519", pair.private_key, request));
        std::size_t lines = 0;
        for (std::size_t at = 0; (at = request.head.find("webhook-signature:", at)) != std::string::npos;
             ++at)
            ++lines;
        EXPECT_EQ(lines, 1u);
    }
}

TEST_F(SenderTest, SchemesThatSetOneHeaderAreRefusedWithTheirOwnDefinitionsToo) {
    auto schemes = std::make_shared<signature::SchemeSet>();
    signature::TextError error;
    for (const char* name : {"one", "two"}) {
        ASSERT_TRUE(signature::add_scheme_text(
            name,
            R"(algorithm hmac-sha256; signature header:X-Sig encoding=hex; message "{body}"; id json:/id;)",
            schemes.get(), &error))
            << error.message;
    }
    SenderOptions options;
    options.schemes = schemes;
    make(options);
    endpoint::Document document = document_for("http://127.0.0.1:1/");
    document.sign = {{"one", {{"key-of-one-0123456789", {}, {}}}},
                     {"two", {{"key-of-two-0123456789", {}, {}}}}};
    EXPECT_EQ(send(document).result, Result::not_ready);
    EXPECT_EQ(problem, "sign: two: another scheme sets the header x-sig, too");
}

TEST_F(SenderTest, KeysChangeAtTheirDates) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    const auto signature_with = [&](const std::string& secrets) {
        EXPECT_EQ(send(document_for(server.url(), R"(,"sign":[{"secrets":[)" + secrets + "]}]")).error, "");
        return server.requests->back().header("webhook-signature");
    };
    const auto secret = [](const char* key, const char* dates) {
        return R"({"secret":")" + std::string(key) + "\"" + dates + "}";
    };
    const std::string both =
        signature_with(secret(key_a, R"(,"until":"2999-01-01T00:00:00Z")") + "," + secret(key_b, ""));
    const Received& request = server.requests->back();
    EXPECT_EQ(both,
              signed_again("standard", key_a, request) + " " + signed_again("standard", key_b, request));
    const std::string next =
        signature_with(secret(key_a, R"(,"until":"2001-01-01T00:00:00Z")") + "," + secret(key_b, ""));
    EXPECT_EQ(next, signed_again("standard", key_b, server.requests->back()));
    const std::string old =
        signature_with(secret(key_a, "") + "," + secret(key_b, R"(,"from":"2999-01-01T00:00:00Z")"));
    EXPECT_EQ(old, signed_again("standard", key_a, server.requests->back()));
}

TEST(RotatingSigner, EachPeriodHasItsKeys) {
    const signature::Scheme& scheme = *signature::find_scheme("standard");
    std::string error;
    const auto signer =
        endpoint::RotatingSigner::make(scheme, {{key_a, {}, 2000}, {key_b, 1000, {}}}, &error);
    ASSERT_TRUE(signer) << error;
    const auto count = [&](std::int64_t now_ms) {
        std::string out;
        signer->at(now_ms).append_standard("id", "1", {}, &out);
        return std::count(out.begin(), out.end(), ',');
    };
    EXPECT_EQ(count(0), 1);
    EXPECT_EQ(count(999), 1);
    EXPECT_EQ(count(1000), 2);
    EXPECT_EQ(count(1999), 2);
    EXPECT_EQ(count(2000), 1);
    EXPECT_NE(&signer->at(999), &signer->at(2000));
    EXPECT_FALSE(endpoint::RotatingSigner::make(scheme, {{"whsec_!", {}, 2000}, {key_b, {}, {}}}, &error));
}

TEST(RotatingSigner, OneSignatureIsThatOfTheFirstValidKey) {
    const signature::Scheme& scheme = *signature::find_scheme("github");
    std::string error;
    const auto signer = endpoint::RotatingSigner::make(
        scheme, {{"key-a-0123456789", {}, 2000}, {"key-b-0123456789", {}, {}}}, &error);
    ASSERT_TRUE(signer) << error;
    const auto header = [](const signature::Signer& one) {
        return one.sign(signature::SignRequest{}).headers.back().second;
    };
    const auto alone = [&](const char* key) {
        return header(*signature::Signer::make(scheme, {key}, {}, &error));
    };
    EXPECT_EQ(header(signer->at(1999)), alone("key-a-0123456789"));
    EXPECT_EQ(header(signer->at(2000)), alone("key-b-0123456789"));
}

}  // namespace
}  // namespace webhook::test
