#include "base/visible.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/utf8.hpp"

namespace webhook::event {
namespace {

std::string utf8(std::uint32_t code_point) {
    std::string out;
    if (code_point < 0x80) return {static_cast<char>(code_point)};
    if (code_point < 0x800) {
        out += static_cast<char>(0xc0 | code_point >> 6);
    } else if (code_point < 0x10000) {
        out += static_cast<char>(0xe0 | code_point >> 12);
        out += static_cast<char>(0x80 | (code_point >> 6 & 0x3f));
    } else {
        out += static_cast<char>(0xf0 | code_point >> 18);
        out += static_cast<char>(0x80 | (code_point >> 12 & 0x3f));
        out += static_cast<char>(0x80 | (code_point >> 6 & 0x3f));
    }
    return out += static_cast<char>(0x80 | (code_point & 0x3f));
}

bool is_printable_ascii(std::string_view text) {
    for (const char c : text) {
        if (c < 0x20 || c > 0x7e) return false;
    }
    return !text.empty();
}

/// Every character there is: either it stays, or what is printed is plain ASCII and JSON reads it back.
TEST(Visible, EveryCharacter) {
    std::size_t escaped = 0;
    for (std::uint32_t c = 0; c <= 0x10ffff; ++c) {
        if (c >= 0xd800 && c <= 0xdfff) continue;
        const std::string text = utf8(c);
        ASSERT_EQ(base::utf8_length(text), text.size()) << c;
        ASSERT_EQ(base::is_hidden(c), base::visible(text) != text) << c;
        if (!base::is_hidden(c)) continue;
        ++escaped;
        ASSERT_TRUE(is_printable_ascii(base::visible(text))) << c;
        if (c < 0x20) continue;  // JSON has escapes of its own for these
        const std::string json = base::visible_json("\"" + text + "\"");
        ASSERT_TRUE(is_printable_ascii(json)) << c;
        ASSERT_EQ(nlohmann::json::parse(json).get<std::string>(), text) << c;
    }
    EXPECT_EQ(escaped, 65u + 1 + 1 + 1 + 2 + 2 + 5 + 5 + 7 + 16 + 1 + 16 + 1 + 1 + 12 + 4 + 8 + 4096);
}

TEST(Visible, NamedOnes) {
    for (const std::uint32_t c :
         {0x00u,   0x1bu,   0x7fu,   0x80u,   0x9bu,   0x9fu,   0xadu,   0x061cu, 0x200bu,  0x200eu, 0x200fu,
          0x2028u, 0x2029u, 0x202au, 0x202eu, 0x2060u, 0x2066u, 0x2069u, 0xfeffu, 0xe0001u, 0xe007fu}) {
        EXPECT_TRUE(base::is_hidden(c)) << std::hex << c;
    }
    for (const std::uint32_t c : {0x20u, 0x7eu, 0xa0u, 0xe9u, 0x2010u, 0x2030u, 0x65e5u, 0x1f600u, 0x10ffffu})
        EXPECT_FALSE(base::is_hidden(c)) << std::hex << c;
}

TEST(Visible, EveryByteThatIsNoUtf8) {
    for (unsigned byte = 0x80; byte <= 0xff; ++byte) {
        const std::string text = "a" + std::string(1, static_cast<char>(byte)) + "b";
        char expected[8];
        std::snprintf(expected, sizeof expected, "a\\x%02xb", byte);
        EXPECT_EQ(base::visible(text), expected);
        EXPECT_EQ(base::visible_json(text), "a\\ufffdb");
    }
}

TEST(Visible, KeepsWhatIsNamed) {
    EXPECT_EQ(base::visible("a\n\tb\r", "\n\t"), "a\n\tb\\r");
    EXPECT_EQ(base::visible(base::visible("\x1b\xff\xe2\x80\xae")), base::visible("\x1b\xff\xe2\x80\xae"))
        << "twice is once";
    EXPECT_EQ(base::visible_json("{\n  \"a\": \"\xf3\xa0\x80\x81\"\n}"), "{\n  \"a\": \"\\udb40\\udc01\"\n}");
}

}  // namespace
}  // namespace webhook::event
