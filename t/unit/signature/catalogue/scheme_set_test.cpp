#include "signature/catalogue/scheme_set.hpp"

#include <gtest/gtest.h>

#include "signature/catalogue/scheme_text.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::signature {
namespace {

constexpr std::string_view good = "algorithm hmac-sha256;\nsignature header:X-Sig encoding=hex;\n";

TEST(SchemeSet, FindsOwnAndBuiltInSchemes) {
    SchemeSet set;
    TextError error;
    ASSERT_TRUE(add_scheme_text("acme", good, &set, &error)) << error.message;
    ASSERT_NE(set.find("acme"), nullptr);
    EXPECT_EQ(name_of(*set.find("acme")), "acme");
    EXPECT_EQ(set.find("stripe"), find_scheme("stripe"));
    EXPECT_EQ(set.find("nobody"), nullptr);
    EXPECT_EQ(set.names(), std::vector<std::string_view>{"acme"});
    EXPECT_EQ(find_scheme("acme"), nullptr);
}

TEST(SchemeSet, RefusesNames) {
    SchemeSet set;
    EXPECT_EQ(set.check_name("a.b_C-9"), "");
    EXPECT_EQ(set.check_name("stripe"), "\"stripe\" is the name of a built-in scheme");
    EXPECT_EQ(set.check_name("none"), "\"none\" is the name of a built-in scheme");
    for (const std::string& name :
         {std::string(), std::string("off"), std::string("a b"), std::string(65, 'x')})
        EXPECT_EQ(set.check_name(name), "invalid scheme name \"" + name + "\"");
}

TEST(SchemeSet, EveryBuiltInDefinitionIsOneOfOnesOwnToo) {
    SchemeSet set;
    for (const std::string_view name : scheme_names()) {
        TextError error;
        const bool added = add_scheme_text("own-" + std::string(name), scheme_text(name), &set, &error);
        EXPECT_EQ(added, find_scheme(name)->algorithm != Algorithm::none) << name << ": " << error.message;
    }
}

TEST(SchemeSet, KeepsTheDefinitionAsText) {
    SchemeSet set;
    const auto directives = [](std::string_view text) {
        std::vector<Directive> words;
        LanguageError error;
        EXPECT_TRUE(tokenize(text, &words, &error)) << error.message;
        return words;
    };
    for (const std::string_view name : scheme_names()) {
        TextError error;
        const std::string own = "own-" + std::string(name);
        if (!add_scheme_text(own, scheme_text(name), &set, &error)) continue;
        EXPECT_EQ(directives(set.text(own)), directives(scheme_text(name))) << name;
        EXPECT_EQ(set.text(name), scheme_text(name));
    }
    const std::vector<Directive> odd = {
        {"a", "", "x y", "\"q\" 'p'", "back\\slash\\t", "tab\tline\n", "#", "a;b{c}"}};
    EXPECT_EQ(directives(to_text(odd)), odd);
    EXPECT_EQ(set.text("nobody"), "");
}

TEST(SchemeSet, ReadsBlocks) {
    SchemeSet set;
    TextError error;
    const std::string text = "# of ours\nwebhook_scheme one {\n" + std::string(good) +
                             "}\n\nwebhook_scheme \"two\"{" + std::string(good) + "}";
    ASSERT_TRUE(add_scheme_blocks(text, &set, &error)) << error.message;
    EXPECT_EQ(set.names(), (std::vector<std::string_view>{"one", "two"}));
    EXPECT_TRUE(add_scheme_blocks("", &set, &error));
}

struct Mistake {
    std::string text;
    std::size_t line;
    std::string message;
};

TEST(SchemeSet, NamesLineAndReason) {
    const std::string inside(good);
    const Mistake mistakes[] = {
        {"webhook_scheme a {\n" + inside + "what 1;\n}", 4, "unknown directive \"what\""},
        {"webhook_scheme a {\n" + inside + "message text;\n}", 4, "the message holds nothing of the request"},
        {"webhook_scheme a {\n" + inside + "message\n\"{header:x}\";\n}", 5,
         "the body is not signed: add {body} or \"unsigned_body\""},
        {"\nwebhook_scheme a {\nsignature header:x;\n}", 2, "\"algorithm\" is missing"},
        {"webhook_scheme a {\nalgorithm none;\n}", 2,
         R"("algorithm none" verifies nothing: use the built-in scheme "none")"},
        {"webhook_scheme a {\n" + inside, 4, "unexpected end of text, expecting \";\" or \"}\""},
        {"webhook_scheme a {\n" + inside + "id header:x }", 4, "unexpected \"}\""},
        {"webhook_scheme a {\n" + inside + "key \"utf8;\n}", 5, "a word lacks its closing quote"},
        {"webhook_scheme a {\n" + inside + ";}", 4, "unexpected \";\""},
        {"webhook_scheme a { b {", 1, "unexpected \"{\""},
        {"webhook_scheme a {" + inside + "} }", 3, "unexpected \"}\""},
        {"server {", 1, "expected \"webhook_scheme NAME {\""},
        {"webhook_scheme a b {}", 1, "invalid number of arguments in \"webhook_scheme\""},
        {"webhook_scheme a;", 1, "unexpected \";\""},
        {"webhook_scheme a {" + inside + "}\nwebhook_scheme a {" + inside + "}", 4, "duplicate scheme \"a\""},
    };
    for (const Mistake& mistake : mistakes) {
        SchemeSet set;
        TextError error;
        EXPECT_FALSE(add_scheme_blocks(mistake.text, &set, &error)) << mistake.text;
        EXPECT_EQ(error.message, mistake.message) << mistake.text;
        EXPECT_EQ(error.line, mistake.line) << mistake.text;
    }
}

}  // namespace
}  // namespace webhook::signature
