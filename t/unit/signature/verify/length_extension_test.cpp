// Length extension of plain hashes: a padding is never part of a message.

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

}  // namespace
}  // namespace webhook::signature
