// Public keys: every form that is taken, and what is refused.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "signature/keys/key_set.hpp"
#include "t/unit/signature/public_key_support.hpp"

namespace webhook::signature {
namespace {

using nlohmann::json;

constexpr KeyWanted any_key{KeyRule::pem, std::nullopt, KeyUse::verify};

KeyWanted wanted(KeyRule rule, KeyFamily family, KeyUse use = KeyUse::verify) {
    return {rule, family, use};
}

/// DER within a PEM text of one block.
std::string der_of(const std::string& pem) {
    std::string base64, der;
    const std::size_t start = pem.find('\n'), end = pem.rfind("-----END");
    for (const char c : pem.substr(start, end - start)) {
        if (c != '\n') base64 += c;
    }
    EXPECT_TRUE(base::decode_text(base64, base::Encoding::base64, &der));
    return der;
}

std::string encoded(std::string_view bytes, base::Encoding encoding) {
    std::string text;
    base::encode_text(bytes, encoding, &text);
    return text;
}

std::string url_text(std::string_view bytes) {
    return encoded(bytes, base::Encoding::base64url);
}

/// The last `size` bytes, `from_end` bytes before the end.
std::string tail(const std::string& der, std::size_t size, std::size_t from_end = 0) {
    return der.substr(der.size() - size - from_end, size);
}

json ed25519_jwk() {
    return {{"kty", "OKP"},
            {"crv", "Ed25519"},
            {"kid", "ed"},
            {"x", url_text(tail(der_of(test::ed25519_public), 32))}};
}
json p256_jwk() {
    const std::string der = der_of(test::p256_public);
    return {{"kty", "EC"},
            {"crv", "P-256"},
            {"kid", "ec"},
            {"x", url_text(tail(der, 32, 32))},
            {"y", url_text(tail(der, 32))}};
}
json rsa_jwk() {
    // ... modulus (256 bytes), then the exponent: 02 03 01 00 01
    const std::string der = der_of(test::rsa_public);
    return {
        {"kty", "RSA"}, {"kid", "rsa"}, {"n", url_text(tail(der, 256, 5))}, {"e", url_text(tail(der, 3))}};
}

std::string problem(const std::string& text, const KeyWanted& what) {
    KeySet keys;
    std::string error;
    EXPECT_FALSE(read_keys(text, "", what, &keys, &error));
    EXPECT_NE(error, "");
    return error;
}

/// Reads one public key and tries it on what the private one signs.
void expect_good(const std::string& text, const std::string& private_pem, PublicAlgorithm algorithm,
                 KeyRule rule) {
    KeySet keys, signers;
    std::string error, signature;
    ASSERT_TRUE(read_keys(text, "", wanted(rule, family_of(algorithm)), &keys, &error)) << error;
    ASSERT_TRUE(read_keys(private_pem, "", wanted(KeyRule::pem, family_of(algorithm), KeyUse::sign), &signers,
                          &error));
    ASSERT_EQ(keys.size(), 1u);
    const std::string digest(hash_of(algorithm) ? base::digest_size(*hash_of(algorithm)) : 100, 'd');
    ASSERT_TRUE(signers.front().sign(algorithm, digest, &signature));
    EXPECT_TRUE(keys.front().verify(algorithm, digest, signature));
    signature[signature.size() / 2] = static_cast<char>(signature[signature.size() / 2] ^ 1);
    EXPECT_FALSE(keys.front().verify(algorithm, digest, signature));
}

TEST(Keys, EveryFormIsTaken) {
    const auto ed25519 = [](const std::string& text, KeyRule rule) {
        SCOPED_TRACE(text);
        expect_good(text, test::ed25519_private, PublicAlgorithm::ed25519, rule);
    };
    const std::string der = der_of(test::ed25519_public), raw = tail(der, 32);
    ed25519(test::ed25519_public, KeyRule::hex);
    ed25519(encoded(raw, base::Encoding::hex), KeyRule::hex);
    ed25519(encoded(raw, base::Encoding::hex) + "\n", KeyRule::hex);
    ed25519(encoded(raw, base::Encoding::base64), KeyRule::base64);
    ed25519("whpk_" + encoded(raw, base::Encoding::base64), KeyRule::whpk);
    ed25519(encoded(raw, base::Encoding::base64), KeyRule::whpk);
    ed25519(encoded(der, base::Encoding::base64), KeyRule::spki);
    ed25519(ed25519_jwk().dump(), KeyRule::hex);
    ed25519(json{{"keys", {ed25519_jwk()}}}.dump(), KeyRule::hex);
    ed25519(json{{"some-id", test::ed25519_public}}.dump(), KeyRule::pem);

    for (const auto algorithm : {PublicAlgorithm::ecdsa_p256, PublicAlgorithm::ecdsa_p256_raw}) {
        expect_good(test::p256_public, test::p256_private, algorithm, KeyRule::spki);
        expect_good(encoded(der_of(test::p256_public), base::Encoding::base64), test::p256_private, algorithm,
                    KeyRule::spki);
        expect_good(p256_jwk().dump(), test::p256_private, algorithm, KeyRule::jwk);
    }
    for (const auto algorithm :
         {PublicAlgorithm::rsa_sha256, PublicAlgorithm::rsa_sha1, PublicAlgorithm::rsa_pss_sha512}) {
        expect_good(test::rsa_public, test::rsa_private, algorithm, KeyRule::pem);
        expect_good(rsa_jwk().dump(), test::rsa_private, algorithm, KeyRule::jwk);
    }
}

TEST(Keys, ListsBringIds) {
    const std::string spki = encoded(der_of(test::p256_public), base::Encoding::base64);
    const std::string text = json{{"keys",
                                   {{{"keyId", 3335741209}, {"pem", test::p256_public}, {"base64", spki}},
                                    {{"keyId", "two"}, {"base64", spki}}}}}
                                 .dump();
    KeySet keys;
    std::string error;
    ASSERT_TRUE(read_keys(text, "", wanted(KeyRule::spki, KeyFamily::ecdsa_p256), &keys, &error)) << error;
    ASSERT_EQ(keys.size(), 2u);
    EXPECT_EQ(keys[0].id, "3335741209");
    EXPECT_EQ(keys[1].id, "two");
}

TEST(Keys, OfASetOnlyFittingKeysAreTaken) {
    json cipher = rsa_jwk(), unknown = p256_jwk();
    cipher["use"] = "enc";
    unknown["crv"] = "P-521";
    const json weak = {
        {"kty", "RSA"}, {"kid", "weak"}, {"n", url_text("\xc1" + std::string(127, '\x55'))}, {"e", "AQAB"}};
    const std::string set =
        json{{"keys", {weak, p256_jwk(), ed25519_jwk(), rsa_jwk(), cipher, unknown}}}.dump();
    KeySet keys;
    std::string error;
    ASSERT_TRUE(read_keys(set, "", wanted(KeyRule::jwk, KeyFamily::rsa), &keys, &error)) << error;
    ASSERT_EQ(keys.size(), 1u);
    EXPECT_EQ(keys.front().id, "rsa");
    ASSERT_TRUE(read_keys(set, "", any_key, &keys, &error)) << error;
    EXPECT_EQ(keys.size(), 4u);
    problem(json{{"keys", {weak}}}.dump(), wanted(KeyRule::jwk, KeyFamily::rsa));
    EXPECT_EQ(problem(json{{"keys", {p256_jwk()}}}.dump(), wanted(KeyRule::jwk, KeyFamily::rsa)),
              "no key of the kind that the scheme's algorithm takes");
}

TEST(Keys, PrivateKeysAreRefusedWhereThePublicOneBelongs) {
    const std::string error = "private key where the public one belongs";
    EXPECT_EQ(problem(test::ed25519_private, wanted(KeyRule::hex, KeyFamily::ed25519)), error);
    EXPECT_EQ(problem(test::rsa_private, wanted(KeyRule::pem, KeyFamily::rsa)), error);
    EXPECT_EQ(problem(test::p256_private, wanted(KeyRule::jwk, KeyFamily::ecdsa_p256)), error);
    EXPECT_EQ(problem("whsk_" + encoded(std::string(64, 'x'), base::Encoding::base64),
                      wanted(KeyRule::whpk, KeyFamily::ed25519)),
              error);
    json jwk = ed25519_jwk();
    jwk["d"] = url_text(tail(der_of(test::ed25519_private), 32));
    EXPECT_EQ(problem(jwk.dump(), wanted(KeyRule::hex, KeyFamily::ed25519)), error);
    jwk = p256_jwk();
    jwk["d"] = url_text(std::string(32, 'd'));
    EXPECT_NE(problem(jwk.dump(), wanted(KeyRule::jwk, KeyFamily::ecdsa_p256)).find("private"),
              std::string::npos);
    jwk = rsa_jwk();
    jwk["d"] = url_text(std::string(256, 'd'));
    EXPECT_NE(problem(json{{"keys", {jwk}}}.dump(), wanted(KeyRule::jwk, KeyFamily::rsa)).find("private"),
              std::string::npos);
    EXPECT_EQ(problem("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n",
                      any_key),
              "encrypted private key");
}

TEST(Keys, WeakAndForeignKeysAreRefused) {
    EXPECT_EQ(problem(test::rsa_1024_public, any_key), "RSA key of 1024 bits, only 2048 to 4096 are taken");
    EXPECT_EQ(problem(test::p384_public, any_key), "elliptic curve key that is not on P-256");
    EXPECT_EQ(problem(test::p256_public, wanted(KeyRule::pem, KeyFamily::rsa)),
              "key is of another kind than the scheme's algorithm takes");
    json jwk = rsa_jwk();
    jwk["e"] = url_text(std::string("\x01", 1));
    EXPECT_EQ(problem(jwk.dump(), wanted(KeyRule::jwk, KeyFamily::rsa)), "RSA key with a bad exponent");
    jwk["e"] = url_text(std::string(16, '\x7f'));
    EXPECT_EQ(problem(jwk.dump(), wanted(KeyRule::jwk, KeyFamily::rsa)), "RSA key with a bad exponent");
    jwk = p256_jwk();
    jwk["y"] = url_text(std::string(32, '\x11'));
    EXPECT_EQ(problem(jwk.dump(), wanted(KeyRule::jwk, KeyFamily::ecdsa_p256)), "JWK cannot be decoded")
        << "not on the curve";
    EXPECT_EQ(problem(json{{"kty", "oct"}, {"k", "c2VjcmV0"}}.dump(), wanted(KeyRule::jwk, KeyFamily::rsa)),
              "JWK of a kind that is not taken");
}

TEST(Keys, UnreadableTextIsRefused) {
    const KeyWanted ed25519 = wanted(KeyRule::hex, KeyFamily::ed25519);
    const std::string raw = encoded(tail(der_of(test::ed25519_public), 32), base::Encoding::hex);
    for (const std::string& text :
         {std::string(" \n"), raw.substr(1), raw.substr(2), raw + "00", raw + " " + raw, std::string("{}"),
          std::string("{\"keys\":[]}"), std::string("{\"keys\":1}"), std::string("[1]"),
          std::string("{\"kty\":\"OKP\",\"kty\":\"OKP\"}"), test::ed25519_public.substr(0, 70),
          test::ed25519_public + "-----BEGIN PUBLIC KEY-----\n",
          std::string("-----BEGIN SSH KEY-----\nMAA=\n-----END SSH KEY-----\n")}) {
        SCOPED_TRACE(text);
        problem(text, ed25519);
    }
    // DER with something behind it.
    problem(encoded(der_of(test::p256_public) + "x", base::Encoding::base64),
            wanted(KeyRule::spki, KeyFamily::ecdsa_p256));
}

TEST(Keys, TriesAreCounted) {
    KeySet keys, signers;
    std::string error, signature;
    const std::string message = "message";
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(read_keys(test::ed25519_other_public, "", any_key, &keys, &error));
    EXPECT_FALSE(check_size(keys, true, &error)) << "keys without an id are all tried";
    ASSERT_TRUE(read_keys(test::ed25519_public, "mine", any_key, &keys, &error));
    ASSERT_TRUE(read_keys(test::ed25519_private, "", wanted(KeyRule::pem, KeyFamily::ed25519, KeyUse::sign),
                          &signers, &error));
    ASSERT_TRUE(signers.front().sign(PublicAlgorithm::ed25519, message, &signature));
    std::size_t budget = 5;
    EXPECT_FALSE(verify_any(keys, "mine", PublicAlgorithm::ed25519, message, signature, &budget));
    EXPECT_EQ(budget, 0u);
    budget = 6;
    EXPECT_TRUE(verify_any(keys, "mine", PublicAlgorithm::ed25519, message, signature, &budget));
    keys.erase(keys.begin(), keys.end() - 1);
    budget = 1;
    EXPECT_FALSE(verify_any(keys, "other", PublicAlgorithm::ed25519, message, signature, &budget));
    EXPECT_EQ(budget, 1u) << "a key of another name is not tried";
    EXPECT_STREQ(why_none_verified(keys, "other"), "signed with a key that is not configured");
    EXPECT_STREQ(why_none_verified(keys, "mine"), "signature does not match");
    EXPECT_STREQ(why_none_verified(keys, ""), "signature does not match");
    EXPECT_TRUE(verify_any(keys, "https://api.example.com/certs/mine.pem", PublicAlgorithm::ed25519, message,
                           signature, &budget));
}

TEST(Keys, EveryKeyGetsItsTurn) {
    const auto keys_of = [](const std::vector<std::string>& ids) {
        KeySet keys;
        std::string error;
        for (const std::string& id : ids)
            EXPECT_TRUE(read_keys(test::ed25519_public, id, any_key, &keys, &error)) << error;
        return keys;
    };
    std::string error;
    EXPECT_TRUE(check_size(keys_of({"a", "b", "c", "d"}), false, &error));
    EXPECT_FALSE(check_size(keys_of({"a", "b", "c", "d", "e"}), false, &error));
    EXPECT_EQ(error, "more than 4 keys, and requests do not name theirs");
    EXPECT_TRUE(check_size(keys_of({"a", "b", "c", "d", "e"}), true, &error));
    EXPECT_TRUE(check_size(keys_of({"", "", "", "a", "b"}), true, &error));
    EXPECT_FALSE(check_size(keys_of({"", "", "", "", "a"}), true, &error));
    EXPECT_EQ(error, "more than 4 keys with the id \"a\" or without one");
    EXPECT_FALSE(check_size(keys_of({"a", "a.pem", "certs/a", "a", "a"}), true, &error));
}

TEST(Keys, LongMessagesGetFewerTries) {
    EXPECT_EQ(checks_for(std::string(32, 'd')), 4u);
    EXPECT_EQ(checks_for(std::string(32 << 10, 'x')), 4u);
    EXPECT_EQ(checks_for(std::string((32 << 10) + 1, 'x')), 2u) << "Ed25519 hashes the message for each";
}

TEST(Keys, SignaturesHaveOneForm) {
    KeySet keys, signers;
    std::string error, der, raw;
    ASSERT_TRUE(read_keys(test::p256_public, "", any_key, &keys, &error));
    ASSERT_TRUE(read_keys(test::p256_private, "", wanted(KeyRule::pem, KeyFamily::ecdsa_p256, KeyUse::sign),
                          &signers, &error));
    const std::string digest(32, 'd');
    ASSERT_TRUE(signers.front().sign(PublicAlgorithm::ecdsa_p256, digest, &der));
    ASSERT_TRUE(signers.front().sign(PublicAlgorithm::ecdsa_p256_raw, digest, &raw));
    const PublicKey& key = keys.front();
    EXPECT_FALSE(key.verify(PublicAlgorithm::ecdsa_p256, digest, der + std::string(1, '\0')));
    EXPECT_FALSE(key.verify(PublicAlgorithm::ecdsa_p256, digest, raw));
    EXPECT_FALSE(key.verify(PublicAlgorithm::ecdsa_p256_raw, digest, der));
    EXPECT_FALSE(key.verify(PublicAlgorithm::ecdsa_p256_raw, digest, raw + std::string(1, '\0')));
    EXPECT_FALSE(key.verify(PublicAlgorithm::ecdsa_p256_raw, digest, std::string(64, '\0')));
    EXPECT_FALSE(key.verify(PublicAlgorithm::ecdsa_p256_raw, digest, std::string(64, '\xff')));
    EXPECT_FALSE(key.verify(PublicAlgorithm::rsa_sha256, digest, raw));
    EXPECT_FALSE(key.verify(PublicAlgorithm::ecdsa_p256, digest, ""));
    // A longer form of the length, which DER forbids: 30 81 LEN.
    std::string lax = der;
    lax.insert(1, 1, '\x81');
    EXPECT_FALSE(key.verify(PublicAlgorithm::ecdsa_p256, digest, lax));
}

}  // namespace
}  // namespace webhook::signature
