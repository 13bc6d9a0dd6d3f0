#include <gtest/gtest.h>

#include "ctl/output.hpp"
#include "ctl/sample.hpp"
#include "signature/catalogue/lookup.hpp"

namespace webhook::ctl {
namespace {

TEST(Samples, PutIdAndTypeWhereTheSchemeLooks) {
    const auto* stripe = signature::find_scheme("stripe");
    const Json body = parse_json(sample_body(*stripe, "evt_1", "invoice.paid"));
    EXPECT_EQ(text_of(body, "id"), "evt_1");
    EXPECT_EQ(text_of(body, "type"), "invoice.paid");
    const auto* shopify = signature::find_scheme("shopify");
    EXPECT_TRUE(parse_json(sample_body(*shopify, "1", "t")).is_object());
    EXPECT_EQ(with_number("{n}-x-{n}", 12), "12-x-12");
    for (const auto name : signature::scheme_names()) {
        const signature::Scheme& scheme = *signature::find_scheme(name);
        const std::string sample = sample_body(scheme, "1", "t");
        if (signature::signs_form(scheme)) {
            EXPECT_NE(sample.find("message=hello"), std::string::npos) << name;
        } else {
            EXPECT_TRUE(parse_json(sample).is_object()) << name;
        }
    }
}

}  // namespace
}  // namespace webhook::ctl
