#include "base/suggest.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "signature/catalogue/lookup.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::event {
namespace {

TEST(Suggest, FindsTheSchemeThatWasMeant) {
    const std::vector<std::string_view> names = signature::scheme_names();
    const auto meant = [&](std::string_view word) { return base::nearest(word, names); };
    EXPECT_EQ(meant("strpe"), "stripe");
    EXPECT_EQ(meant("Stripe"), "stripe");
    EXPECT_EQ(meant("stirpe"), "stripe");
    EXPECT_EQ(meant("githb"), "github");
    EXPECT_EQ(meant("github-sha-1"), "github-sha1");
    EXPECT_EQ(meant("shopfy"), "shopify");
    EXPECT_EQ(meant("standart"), "standard");
    EXPECT_EQ(meant("hubspot"), "hubspot-v1");
    EXPECT_EQ(meant("standard-webhooks"), "standard");
    EXPECT_EQ(meant("nonn"), "none");
}

TEST(Suggest, IsSilentWhereNothingIsNear) {
    const std::vector<std::string_view> names = signature::scheme_names();
    EXPECT_EQ(base::nearest("", names), "");
    EXPECT_EQ(base::nearest("acme", {"stripe", "github"}), "");
    EXPECT_EQ(base::nearest(std::string(65, 's'), names), "");
    EXPECT_EQ(base::nearest("on", {"off"}), "");
    EXPECT_EQ(base::nearest("z", {"x"}), "");
    EXPECT_EQ(base::nearest("st", {"stripe"}), "");
    EXPECT_EQ(base::nearest("stripe", std::vector<std::string_view>{}), "");
}

TEST(Suggest, WritesTheEndOfAMessage) {
    EXPECT_EQ(base::did_you_mean("bodyy", {"body", "id"}), ", did you mean \"body\"?");
    EXPECT_EQ(base::did_you_mean("body", {"body", "bodies"}), "");
    EXPECT_EQ(base::did_you_mean("quite-else", {"body", "id"}), "");
    EXPECT_EQ(base::did_you_mean("strpe", std::vector<std::string>{"stripe"}), ", did you mean \"stripe\"?");
}

TEST(Suggest, PrefersAMisspellingToABeginning) {
    EXPECT_EQ(base::nearest("githu", {"github-sha1", "github"}), "github");
    EXPECT_EQ(base::nearest("post", {"postmark", "posts"}), "posts");
    EXPECT_LT(base::typing_distance("abc", "abd"), base::typing_distance("abc", "abcdefg"));
    EXPECT_EQ(base::typing_distance("abcd", "abdc"), 1u);
    EXPECT_EQ(base::typing_distance("same", "same"), 0u);
}

}  // namespace
}  // namespace webhook::event
