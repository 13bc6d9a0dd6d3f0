#include "base/json_text.hpp"

#include <gtest/gtest.h>

namespace webhook::base {
namespace {

std::string json(std::string_view text, InvalidUtf8 invalid) {
    std::string out;
    append_json(text, &out, invalid);
    return out;
}

TEST(JsonText, EscapesAsJsonStringify) {
    for (const InvalidUtf8 invalid : {InvalidUtf8::as_latin1, InvalidUtf8::replaced, InvalidUtf8::kept}) {
        EXPECT_EQ(json("plain /\x7f", invalid), "plain /\x7f");
        EXPECT_EQ(json("\"\\\b\f\n\r\t", invalid), R"(\"\\\b\f\n\r\t)");
        EXPECT_EQ(json(std::string_view("\0\x01\x1f", 3), invalid), R"(\u0000\u0001\u001f)");
        EXPECT_EQ(json("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", invalid),
                  "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
        EXPECT_EQ(json("", invalid), "");
    }
}

TEST(JsonText, BytesThatAreNotUtf8) {
    // A lone byte, an overlong slash, half of a surrogate pair, a character that breaks off.
    const std::string_view text = "a\xff|\xc0\xaf|\xed\xa0\x80|\xe2\x82";
    EXPECT_EQ(json(text, InvalidUtf8::as_latin1), R"(a\u00ff|\u00c0\u00af|\u00ed\u00a0\u0080|\u00e2\u0082)");
    const std::string r = "\xef\xbf\xbd";
    EXPECT_EQ(json(text, InvalidUtf8::replaced), "a" + r + "|" + r + r + "|" + r + r + r + "|" + r + r);
    EXPECT_EQ(json(text, InvalidUtf8::kept), text);
}

TEST(JsonText, Strings) {
    std::string out = "[";
    append_json_string("a\"\xff", &out, InvalidUtf8::replaced);
    EXPECT_EQ(out, "[\"a\\\"\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace webhook::base
