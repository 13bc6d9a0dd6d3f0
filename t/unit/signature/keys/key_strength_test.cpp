// Texts and bytes that are no keys, wherever a shared secret or a public key enters.

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "signature/catalogue/lookup.hpp"
#include "signature/keys/ed25519_point.hpp"
#include "signature/keys/key_set.hpp"
#include "signature/keys/key_strength.hpp"
#include "signature/sign/signer.hpp"
#include "signature/verify/verifier.hpp"
#include "t/unit/signature/public_key_support.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::signature {
namespace {

using std::string_literals::operator""s;

std::string text_of(std::string_view bytes, base::Encoding encoding) {
    std::string text;
    base::encode_text(bytes, encoding, &text);
    return text;
}

std::string bytes_of(std::string_view hex) {
    std::string bytes;
    EXPECT_TRUE(base::decode_text(hex, base::Encoding::hex, &bytes));
    return bytes;
}

std::string der_of(const std::string& pem) {
    std::string base64, der;
    for (const char c : pem.substr(pem.find('\n'), pem.rfind("-----END") - pem.find('\n'))) {
        if (c != '\n') base64 += c;
    }
    EXPECT_TRUE(base::decode_text(base64, base::Encoding::base64, &der));
    return der;
}

/// Schemes of every algorithm with a shared secret that is text.
const std::vector<std::string> text_schemes = {"github",       "stripe",  "gitlab",     "postmark",
                                               "hubspot-v1",   "netlify", "contentful", "http-signature-hmac",
                                               "postback-md5", "polar"};

/// Why verifier and signer refuse a secret; empty when both take it. They must agree.
std::string refusal(const std::string& scheme, const std::string& secret) {
    VerifierOptions options;
    options.secrets = {secret};
    std::string verifying, signing;
    const bool verifies = Verifier::make(*find_scheme(scheme), options, &verifying) != nullptr;
    const bool signs = Signer::make(*find_scheme(scheme), {secret}, {}, &signing) != nullptr;
    EXPECT_EQ(verifies, signs) << scheme << ": " << verifying << signing;
    if (verifies) return {};
    EXPECT_EQ(verifying, signing);
    EXPECT_NE(verifying, "");
    return verifying;
}

TEST(KeyStrength, TextsThatAreNoKeysAreRefusedByEveryScheme) {
    const std::string rsa = der_of(test::rsa_public);
    const std::vector<std::string> none = {
        "",
        " ",
        "\t \r\n",
        "   \n",
        "\xc2\xa0\xc2\xa0\xc2\xa0\xc2\xa0",
        "\xe3\x80\x80\xe2\x80\x8b\xef\xbb\xbf",
        "\x01\x02\x03\x04\x05"s,
        "\x7f\xc2\x80\xc2\x9f"s,
        "\0"s,
        "secret\0"s,
        "\0secret"s,
        "se\0cret-secret-secret"s,
        std::string(32, '\0'),
        "whsec_",
        "whsk_",
        " whsec_ ",
        "whpk_",
        "sk_",
        "Bearer ",
        "Basic",
        "pk_",
        test::rsa_public,
        test::p256_public,
        test::ed25519_public,
        test::rsa_private,
        "prefix\n" + test::rsa_public,
        "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7",
        "ecdsa-sha2-nistp256 AAAAE2VjZHNh",
        "whpk_" + text_of(std::string(31, 'k') + 'l', base::Encoding::base64),
        rsa,
        text_of(rsa, base::Encoding::base64),
        text_of(rsa, base::Encoding::base64url),
        text_of(rsa, base::Encoding::hex),
        text_of(test::rsa_public, base::Encoding::base64),
        text_of(der_of(test::ed25519_public), base::Encoding::base64),
        R"({"kty":"RSA","n":"AQAB","e":"AQAB"})",
        R"( { "kty" : "OKP" })",
        R"({"\u006bty":"RSA","n":"x"})",
        R"({"keys":[{"alg":"RS256"}]})"};
    std::size_t tried = 0;
    for (const std::string& scheme : text_schemes) {
        for (const std::string& text : none) {
            EXPECT_NE(refusal(scheme, text), "") << scheme << ": " << testing::PrintToString(text);
            ++tried;
        }
    }
    RecordProperty("tried", static_cast<int>(tried));
}

TEST(KeyStrength, BasicNeedsAUserOrAPassword) {
    for (const char* bad : {":", " : ", "\t:", ": ", "\xc2\xa0:\xc2\xa0", "nocolon"})
        EXPECT_NE(refusal("postmark", bad), "") << bad;
    for (const char* good : {"user:password", "api-key:", ":password", "a:b:c"})
        EXPECT_EQ(refusal("postmark", good), "") << good;
}

struct DecodedRule {
    const char* scheme;
    base::Encoding encoding;
    std::string prefix;
};
const std::vector<DecodedRule> decoded_rules = {{"standard", base::Encoding::base64, "whsec_"},
                                                {"standard", base::Encoding::base64, ""},
                                                {"ms-teams", base::Encoding::base64, ""},
                                                {"adyen-platform", base::Encoding::hex, ""}};

TEST(KeyStrength, DecodedKeysThatAreNoneAreRefused) {
    for (const auto& [scheme, encoding, prefix] : decoded_rules) {
        const auto given = [&, &encoding = encoding, &prefix = prefix](const std::string& key) {
            return prefix + text_of(key, encoding);
        };
        for (const std::string& key :
             {""s, "a"s, "ab"s, "abc"s, "abc\0\0\0\0\0\0\0\0\0\0\0\0\0\0"s, "a\0\0\0\0\0\0\0\0"s,
              std::string(4, '\0'), std::string(32, '\0'), std::string(24, '\xff'), std::string(16, ' '),
              der_of(test::rsa_public), test::p256_public}) {
            EXPECT_NE(refusal(scheme, given(key)), "") << scheme << text_of(key, base::Encoding::hex);
        }
        for (const std::string& key :
             {"abcd"s, "\0\1\2\3\0\0\4\5\6\7\x08\x09\0\0\0\x10"s, "\0abcdefghijklmno"s,
              std::string(31, '\0') + "abcd", "\xff\xfe\0\x80"s}) {
            EXPECT_EQ(refusal(scheme, given(key)), "") << scheme << text_of(key, base::Encoding::hex);
        }
    }
    EXPECT_NE(refusal("standard", "whsec_===="), "");
    EXPECT_NE(refusal("easypost", "\xc2\xa0\xc2\xa0"), "");
}

std::string weakness(const std::string& scheme, const std::vector<std::string>& secrets) {
    VerifierOptions options;
    options.secrets = secrets;
    std::string error;
    const auto verifier = Verifier::make(*find_scheme(scheme), options, &error);
    const auto signer = Signer::make(*find_scheme(scheme), secrets, {}, &error);
    EXPECT_TRUE(verifier && signer) << error;
    if (!verifier || !signer) return error;
    EXPECT_EQ(verifier->weakness(), signer->weakness());
    return verifier->weakness();
}

TEST(KeyStrength, WarnsOfKeysThatCanBeGuessed) {
    const std::string good = "0123456789abcdef";
    EXPECT_EQ(weakness("github", {good}), "");
    EXPECT_EQ(weakness("github", {"secret"}), "secret of 6 bytes can be guessed, use at least 16");
    EXPECT_EQ(weakness("github", {good, "secret"}), "secret of 6 bytes can be guessed, use at least 16");
    EXPECT_EQ(weakness("ms-teams", {text_of("0123456789abcde", base::Encoding::base64)}),
              "secret of 15 bytes can be guessed, use at least 16");
    EXPECT_EQ(weakness("ms-teams", {text_of(good, base::Encoding::base64)}), "");
    EXPECT_EQ(weakness("standard", {"whsec_" + text_of("abcd", base::Encoding::base64)}),
              "secret of 4 bytes can be guessed, use at least 16");
    EXPECT_EQ(weakness("github", {std::string(32, 'x')}), "secret of one character repeated can be guessed");
    EXPECT_EQ(weakness("gitlab", {"tok"}), "secret of 3 bytes can be guessed, use at least 16");
}

TEST(KeyStrength, ParametersAreNoBlanks) {
    const auto made = [](const char* scheme, std::map<std::string, std::string> params) {
        VerifierOptions options;
        options.secrets = {"0123456789abcdef"};
        options.params = std::move(params);
        std::string error;
        return Verifier::make(*find_scheme(scheme), options, &error) != nullptr ? std::string() : error;
    };
    EXPECT_EQ(made("meta", {{"verify_token", "meaty hamhock"}}), "");
    for (const std::string& bad : {""s, " "s, "\t"s, "to\0ken"s, "\xe2\x80\x8b"s, test::rsa_public})
        EXPECT_NE(made("meta", {{"verify_token", bad}}), "") << bad;
    EXPECT_NE(made("notion", {{"setup", "  "}}), "");
    EXPECT_EQ(made("braintree", {{"public_key", "pk"}}), "");
    EXPECT_NE(made("braintree", {{"public_key", " "}}), "");
}

/// A point of the curve in the coordinates of its equation, by the textbook law; for the eight of small
/// order.
TEST(Ed25519, PointsOfSmallOrderAreRefusedInEverySpelling) {
    // y of the points of order 1, 2, 4 (two points) and 8 (two times two), and what is no number below 2^255
    // - 19.
    const std::vector<std::string> small = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
    std::size_t tried = 0;
    for (const std::string& hex : small) {
        for (const char sign : {'\x00', '\x80'}) {
            std::string key = bytes_of(hex);
            key.back() = static_cast<char>(key.back() | sign);
            EXPECT_TRUE(is_weak_ed25519(key)) << hex;
            const std::string jwk =
                nlohmann::json{
                    {"kty", "OKP"}, {"crv", "Ed25519"}, {"x", text_of(key, base::Encoding::base64url)}}
                    .dump();
            const std::string spki = bytes_of("302a300506032b6570032100") + key;
            const std::string pem = "-----BEGIN PUBLIC KEY-----\n" + text_of(spki, base::Encoding::base64) +
                                    "\n-----END PUBLIC KEY-----\n";
            for (const auto& [scheme, text] : std::vector<std::pair<std::string, std::string>>{
                     {"discord", text_of(key, base::Encoding::hex)},
                     {"telnyx", text_of(key, base::Encoding::base64)},
                     {"standard-ed25519", "whpk_" + text_of(key, base::Encoding::base64)},
                     {"telnyx", text_of(spki, base::Encoding::base64)},
                     {"discord", pem},
                     {"discord", jwk},
                     {"http-signature", pem},
                     {"http-signature", jwk},
                     {"discord", nlohmann::json{{"id", pem}}.dump()},
                     {"discord", "{\"keys\":[" + jwk + "]}"}}) {
                VerifierOptions options;
                options.secrets = {text};
                std::string error;
                EXPECT_EQ(Verifier::make(*find_scheme(scheme), options, &error), nullptr) << scheme << text;
                EXPECT_TRUE(error.find("small order") != std::string::npos ||
                            error.find("no key of the kind") != std::string::npos)
                    << error;
                ++tried;
            }
        }
    }
    EXPECT_EQ(tried, small.size() * 20);
    EXPECT_FALSE(is_weak_ed25519(der_of(test::ed25519_public).substr(12)));
    EXPECT_FALSE(is_weak_ed25519(der_of(test::ed25519_other_public).substr(12)));
    EXPECT_FALSE(
        is_weak_ed25519(bytes_of("5866666666666666666666666666666666666666666666666666666666666666")));
}

/// Why it matters: with the neutral element as key, one signature that needs no private key fits every
/// message.
TEST(Ed25519, AKeyOfSmallOrderTakesAnybodysSignature) {
    const std::string key = bytes_of("0100000000000000000000000000000000000000000000000000000000000000");
    const std::string signature = key + std::string(32, '\0');
    EVP_PKEY* raw = EVP_PKEY_new_raw_public_key(
        EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(key.data()), key.size());
    ASSERT_NE(raw, nullptr);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const std::string message = "any";
    EXPECT_EQ(EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, raw), 1);
    EXPECT_EQ(EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()), 64,
                               reinterpret_cast<const unsigned char*>(message.data()), message.size()),
              1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(raw);
}

std::string public_refusal(const std::string& text, KeyUse use = KeyUse::verify,
                           KeyRule rule = KeyRule::hex) {
    KeySet keys;
    std::string error;
    const KeyWanted wanted{rule, std::nullopt, use};
    return read_keys(text, "", wanted, &keys, &error) ? std::string() : error;
}

TEST(KeyStrength, PrivateKeysOfOneByteAreRefused) {
    for (const char byte : {'\0', '\xff', 'k'}) {
        const std::string seed(32, byte);
        EXPECT_NE(public_refusal(text_of(seed, base::Encoding::hex), KeyUse::sign), "");
        const std::string der = bytes_of("302e020100300506032b657004220420") + seed;
        EXPECT_NE(public_refusal("-----BEGIN PRIVATE KEY-----\n" + text_of(der, base::Encoding::base64) +
                                     "\n-----END PRIVATE KEY-----\n",
                                 KeyUse::sign, KeyRule::pem),
                  "");
    }
    EXPECT_EQ(public_refusal(text_of(std::string(31, 'k') + "l", base::Encoding::hex), KeyUse::sign), "");
}

TEST(KeyStrength, CurveAndModulusMustBeSound) {
    // The point at infinity, and one beside the curve.
    const std::string infinity = bytes_of("3019301306072a8648ce3d020106082a8648ce3d03010703020000");
    EXPECT_NE(public_refusal(text_of(infinity, base::Encoding::hex)), "");
    std::string off = der_of(test::p256_public);
    off.back() = static_cast<char>(off.back() ^ 1);
    EXPECT_NE(public_refusal(text_of(off, base::Encoding::hex)), "");
    EXPECT_EQ(public_refusal(text_of(der_of(test::p256_public), base::Encoding::hex)), "");
    // A modulus that is even; exponents 1 and 2.
    const auto rsa = [](std::string n, const std::string& e) {
        return nlohmann::json{{"kty", "RSA"},
                              {"n", text_of(n, base::Encoding::base64url)},
                              {"e", text_of(e, base::Encoding::base64url)}}
            .dump();
    };
    const std::string der = der_of(test::rsa_public);
    const std::string good = der.substr(der.size() - 261, 256);
    const std::string e = "\x01\x00\x01"s;
    EXPECT_EQ(public_refusal(rsa(good, e)), "");
    EXPECT_NE(public_refusal(rsa(good, "\x01")), "");
    EXPECT_NE(public_refusal(rsa(good, "\x02")), "");
    std::string even = good;
    even.back() = static_cast<char>(even.back() & ~1);
    EXPECT_NE(public_refusal(rsa(even, e)), "");
    EXPECT_NE(public_refusal(rsa(good.substr(0, 128), e)), "");
    // 2^2203 - 1 is prime: who knows the modulus knows the private key.
    EXPECT_NE(public_refusal(rsa("\x07" + std::string(275, '\xff'), e)), "");
}

}  // namespace
}  // namespace webhook::signature
