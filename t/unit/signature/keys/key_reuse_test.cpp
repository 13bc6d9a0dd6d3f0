#include "signature/keys/key_reuse.hpp"
#include "signature/catalogue/lookup.hpp"

#include <gtest/gtest.h>

#include <set>

namespace webhook::signature {
namespace {

TEST(KeyReuse, KnowsWhichSchemesAnswerHmacs) {
    std::set<std::string_view> answering;
    for (const std::string_view name : scheme_names()) {
        if (answers_hmacs(*find_scheme(name))) answering.insert(name);
    }
    EXPECT_EQ(answering, (std::set<std::string_view>{"braintree", "linkedin", "smartcar", "x", "zoom"}));
}

}  // namespace
}  // namespace webhook::signature
