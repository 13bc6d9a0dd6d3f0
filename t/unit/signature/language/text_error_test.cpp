#include "signature/language/text_error.hpp"

#include <gtest/gtest.h>

#include <string>

#include "signature/catalogue/scheme_text.hpp"

namespace webhook::signature {
namespace {

std::string message_of(const std::string& text) {
    SchemeSet set;
    TextError error;
    EXPECT_FALSE(add_scheme_blocks(text, &set, &error)) << text;
    return describe("own.conf", error);
}

TEST(TextError, ShowsTheLineAndACaret) {
    EXPECT_EQ(message_of("webhook_scheme a {\n    algorithm hmac-sha256;\n\tsignatur header:x;\n}"),
              "own.conf:3: unknown directive \"signatur\", did you mean \"signature\"?\n"
              " signatur header:x;\n"
              " ^");
    EXPECT_EQ(message_of("webhook_scheme a { algorithm hmac-sha256; key; }"),
              "own.conf:1: invalid number of arguments in \"key\"\n"
              "webhook_scheme a { algorithm hmac-sha256; key; }\n"
              "                                          ^");
    EXPECT_EQ(message_of("webhook_scheme a {\nkey utf8 }"),
              "own.conf:2: unexpected \"}\"\nkey utf8 }\n         ^");
    EXPECT_EQ(
        message_of(
            "webhook_scheme a {\nalgorithm hmac-sha256; signature header:x encoding=hex;\nmessage\n  x;\n}"),
        "own.conf:4: the message holds nothing of the request\n  x;\n  ^");
}

TEST(TextError, OfAFileThatIsNoSchemeNothingIsShown) {
    for (const char* text :
         {"whsec_abc", "whsec_abc {", "s3cret-word ;", "}", "\"s3cret-word", "s3cret { x; }"}) {
        const std::string message = message_of(text);
        EXPECT_EQ(message.find('\n'), std::string::npos) << message;
        EXPECT_EQ(message.find("s3cret"), std::string::npos) << message;
        EXPECT_EQ(message.find("whsec_"), std::string::npos) << message;
    }
}

TEST(TextError, ExcerptsAreOneLineAndHarmless) {
    EXPECT_EQ(excerpt_at("", 0), "\n^\n");
    EXPECT_EQ(excerpt_at("a\nb", 99), "b\n ^\n");
    EXPECT_EQ(excerpt_at("a\r\nb", 0), "a\n^\n");
    EXPECT_EQ(excerpt_at("\xc3\xa9\x1b[2J x", 7), "\xc3\xa9\\x1b[2J x\n         ^\n");
    const std::string filler(200, '.');
    const std::string excerpt = excerpt_at(filler + "X" + filler, 200);
    EXPECT_EQ(excerpt.find('X'), excerpt.find('^') - excerpt.find('\n') - 1);
    EXPECT_LT(excerpt.size(), 220u);
    std::string wide;
    for (int i = 0; i < 100; ++i)
        wide += "\xe6\x97\xa5";
    for (std::size_t at = 0; at <= wide.size(); at += 3)
        EXPECT_EQ(excerpt_at(wide, at).find("\\x"), std::string::npos) << at;
}

}  // namespace
}  // namespace webhook::signature
