#include "signature/keys/decode_key.hpp"

#include <gtest/gtest.h>

#include <string>

namespace webhook::signature {
namespace {

using std::string_literals::operator""s;

/// The key that `nfkd` makes of a secret; "!" and why it makes none.
std::string decomposed(const std::string& secret) {
    std::string key, error;
    return decode_key(KeyRule::nfkd, secret, &key, &error) ? key : "!" + error;
}

TEST(DecodeKey, NfkdDecomposesLatinLetters) {
    EXPECT_EQ(decomposed("plain"), "plain");
    EXPECT_EQ(decomposed("s\xc3\xa9"
                         "cret"),
              "se\xcc\x81"
              "cret");
    EXPECT_EQ(decomposed("\xe1\xbb\x9c"), "O\xcc\x9b\xcc\x80") << "U+1EDC: two marks, in their order";
    EXPECT_EQ(decomposed("\xe1\xba\x9b"), "s\xcc\x87") << "U+1E9B: a compatibility letter";
    EXPECT_EQ(decomposed("\xc2\xbd"),
              "1\xe2\x81\x84"
              "2");
    EXPECT_EQ(decomposed("\xc9\x8f"), "\xc9\x8f")
        << "U+024F, the last one of its range, has no decomposition";
}

TEST(DecodeKey, NfkdRefusesAllElse) {
    const std::string refused = "!secret holds characters other than Latin letters";
    for (const std::string& secret : {"\xe6\x97\xa5"s, "\xc9\x90"s, "e\xcc\x81"s, "a\0b"s, "\xc2\x80"s,
                                      "\xc3"s, "\xff"s, "\xc0\x80"s, "\xed\xa0\x80"s, "\xf0\x9f\x9a\x80"s})
        EXPECT_EQ(decomposed(secret), refused) << secret;
    EXPECT_EQ(decomposed("\xc2\xa0"), "!secret holds nothing but blanks");
}

TEST(DecodeKey, TheRuleMustFit) {
    std::string key, error;
    EXPECT_FALSE(decode_key(KeyRule::pem, "x", &key, &error));
    EXPECT_EQ(error, "a shared secret cannot be a public key");
    EXPECT_FALSE(decode_key(KeyRule::hex, "xyz", &key, &error));
    EXPECT_TRUE(decode_key(KeyRule::whsec, "v1,whsec_AAEC", &key, &error));
    EXPECT_EQ(key, "\0\1\2"s);
}

}  // namespace
}  // namespace webhook::signature
