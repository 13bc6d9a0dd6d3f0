#include "base/encoding.hpp"

#include <gtest/gtest.h>

namespace webhook::base {
namespace {

/// "!" when it is refused.
std::string strict(std::string_view text, Encoding encoding = Encoding::base64) {
    std::string out;
    return decode_text(text, encoding, &out) ? out : "!";
}

std::string lax(std::string_view text) {
    std::string out = "+";
    if (decode_lax_base64(text, &out)) return out.substr(1);
    EXPECT_EQ(out, "+") << "nothing is appended";
    return "!";
}

TEST(Encoding, BothReadersOfBase64AgreeOnWhatIsWellFormed) {
    std::string bytes;
    for (int size = 0; size < 70; ++size) {
        std::string text, url;
        encode_text(bytes, Encoding::base64, &text);
        encode_text(bytes, Encoding::base64url, &url);
        EXPECT_EQ(strict(text), bytes) << text;
        EXPECT_EQ(lax(text), bytes) << text;
        EXPECT_EQ(strict(url, Encoding::base64url), bytes) << url;
        EXPECT_EQ(lax(url), bytes) << url;
        bytes.push_back(static_cast<char>(255 - size * 37));
    }
}

TEST(Encoding, OnlyTheLaxReaderTakesMime) {
    const struct {
        const char *text, *value;
    } cases[] = {{"aGVs\r\nbG8=\n", "hello"}, {" aGVsbG8", "hello"},  {"aGVsbG8= \t", "hello"},
                 {"aGVsbG9=", "hello"},       {"aG Vs bG8", "hello"}, {"aA=", "h"}};
    for (const auto& [text, value] : cases) {
        EXPECT_EQ(lax(text), value) << text;
        EXPECT_EQ(strict(text), "!") << text;
    }
}

TEST(Encoding, NeitherTakesAnythingElse) {
    for (const char* text : {"a", "aGVsb", "aGVs=bG8", "aA===", "====", "aGV*", "aGVs\x80"}) {
        EXPECT_EQ(lax(text), "!") << text;
        EXPECT_EQ(strict(text), "!") << text;
    }
}

TEST(Encoding, RefusesWhatDoesNotFit) {
    unsigned char out[3];
    EXPECT_EQ(decode_into("aGVs", Encoding::base64, out, 3), 3);
    EXPECT_EQ(decode_into("aGVsbG8", Encoding::base64, out, 3), -1);
    EXPECT_EQ(decode_into("00112233", Encoding::hex, out, 3), -1);
    EXPECT_EQ(decode_into("abcd", Encoding::none, out, 3), -1);
}

}  // namespace
}  // namespace webhook::base
