#include "event/fields.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace webhook::event {
namespace {

/// "!" and why it cannot be signed, or the text.
std::string joined(std::string_view fields, const std::string& arg) {
    std::string out;
    SortedFields rule;
    parse_sorted(arg, &rule);
    const char* problem = join_sorted(fields, rule, &out);
    return problem == nullptr ? out : "!" + std::string(problem);
}

TEST(Fields, Sorted) {
    EXPECT_EQ(joined("b=2&a=1&a=1", ""), "a1b2");
    EXPECT_EQ(joined("b=2&a=x%20y+z", "=:&"), "a=x y z&b=2");
    EXPECT_EQ(joined("b=2&a=x%20y+z", "=:&:raw"), "a=x%20y+z&b=2");
    EXPECT_EQ(joined("b=2&a=1", ":: "), "a:1 b:2");
    EXPECT_EQ(joined("b=2&a=1", "=::"), "a=1:b=2");
    EXPECT_EQ(joined("B=2&a=1&A=", "=:,"), "A=,B=2,a=1");
    EXPECT_EQ(joined("", "=:&"), "");
    EXPECT_EQ(joined("a&&b=", "=:&"), "a=&b=");
}

TEST(Fields, WhatTwoReadersCouldReadDifferentlyIsNotSigned) {
    const std::string twice = "!a field that the signature depends on is there twice";
    const std::string several = "!a signed field holds what stands between fields";
    EXPECT_EQ(joined("a=1&a=2", "=:&"), twice);
    EXPECT_EQ(joined("a=1&a=1", "=:&"), twice);
    EXPECT_EQ(joined("a=1%26b%3D2", "=:&"), several);
    EXPECT_EQ(joined("a%3D1=2", "=:&"), several);
    EXPECT_EQ(joined("a%261=2", "=:&"), several);
    EXPECT_EQ(joined("a=1%26b%3D2", "=:&:raw"), "a=1%26b%3D2");
    EXPECT_EQ(joined("a=1%26b%26c&b=x%3Dy", "=:&"), "a=1&b&c&b=x=y") << "these are no fields";
    std::string many;
    for (std::size_t i = 0; i <= max_form_fields; ++i)
        many += "a" + std::to_string(i) + "=1&";
    EXPECT_EQ(joined(many, "=:&"), "!too many form fields");
}

// Of all lists of fields that make one text only one is taken, whatever their order.
TEST(Fields, ATextIsOfOneListOfFields) {
    std::mt19937 random(1);
    std::map<std::string, std::set<std::string>> lists;
    const auto word = [&](std::size_t most) {
        static const std::vector<std::string> letters = {"a", "b", "%26", "%3D", "x"};
        std::string text;
        for (std::size_t i = random() % (most + 1); i > 0; --i)
            text += letters[random() % letters.size()];
        return text;
    };
    std::size_t taken = 0;
    for (int round = 0; round < 60000; ++round) {
        std::set<std::string> fields;
        for (std::size_t i = 1 + random() % 3; i > 0; --i) {
            const std::string name = word(2);
            fields.insert(name + "=" + word(4));
        }
        std::string text;
        for (const std::string& field : fields)
            text += field + "&";
        const std::string made = joined(text, "=:&");
        if (made.front() == '!') continue;
        ++taken;
        lists[made].insert(text);
    }
    EXPECT_GT(taken, 10000u);
    for (const auto& [made, from] : lists)
        EXPECT_EQ(from.size(), 1u) << made << ": " << *from.begin() << " " << *from.rbegin();
}

TEST(Fields, Sized) {
    std::string out;
    EXPECT_EQ(join_sized("a=x+y&b=&c=%C3%A9", &out), nullptr);
    EXPECT_EQ(out, "3x y02\xc3\xa9");
}

TEST(Fields, Arguments) {
    SortedFields rule;
    for (const char* good : {"", "=:&", "=:,", "=:&:raw", ":: ", "=::"})
        EXPECT_TRUE(parse_sorted(good, &rule)) << good;
    for (const char* bad : {"=", "=:", ":", "::", "=:=", "=:&:", "=:&:rw", "==:&", "=:&&", "=&"})
        EXPECT_FALSE(parse_sorted(bad, &rule)) << bad;
}

}  // namespace
}  // namespace webhook::event
