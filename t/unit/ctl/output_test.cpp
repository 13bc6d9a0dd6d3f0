#include <gtest/gtest.h>

#include "ctl/output.hpp"

namespace webhook::ctl {
namespace {

TEST(Printable, EscapesWhatCouldMoveTheCursor) {
    EXPECT_EQ(printable("plain"), "plain");
    EXPECT_EQ(printable("Zoë 日本"), "Zoë 日本");
    EXPECT_EQ(printable("a\nb\tc\r"), "a\\nb\\tc\\r");
    EXPECT_EQ(printable("\033[2J"), "\\x1b[2J");
    EXPECT_EQ(printable(std::string_view("\0\x7f", 2)), "\\x00\\x7f");
    EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b") << "C1 control";
    EXPECT_EQ(printable("\xe2\x80\xae"), "\\xe2\\x80\\xae") << "right-to-left override";
    EXPECT_EQ(printable_text("a\n\tb\r"), "a\n\tb\\r");
}

TEST(Printable, EscapesBytesThatAreNotUtf8) {
    EXPECT_EQ(printable("\xff"), "\\xff");
    EXPECT_EQ(printable("\xc0\x80"), "\\xc0\\x80") << "overlong";
    EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82") << "cut off";
    EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "surrogate";
    EXPECT_EQ(printable("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80") << "beyond the last character";
}

TEST(IsText, TellsTextFromBytes) {
    EXPECT_TRUE(is_text(""));
    EXPECT_TRUE(is_text("{\"a\":\"é\"}\n"));
    EXPECT_FALSE(is_text("\xff\xfe"));
    EXPECT_FALSE(is_text(std::string_view("a\0b", 3)));
}

TEST(Shorten, CountsCharactersNotBytes) {
    EXPECT_EQ(shorten("éééé", 4), "éééé");
    EXPECT_EQ(shorten("éééééé", 5), "éé...");
    EXPECT_EQ(shorten("abcdef", 6), "abcdef");
}

TEST(Base64, Pads) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("a"), "YQ==");
    EXPECT_EQ(base64("abc"), "YWJj");
}

}  // namespace
}  // namespace webhook::ctl
