#include <gtest/gtest.h>

#include "ctl/delivery.hpp"

namespace webhook::ctl {
namespace {

TEST(Delivery, TakesIdsApart) {
    EXPECT_EQ(entry_of("17-0/crm"), "17-0");
    EXPECT_EQ(endpoint_of("17-0/crm"), "crm");
    EXPECT_EQ(endpoint_of("17-0/crm/2"), "crm");
    EXPECT_EQ(endpoint_of("17-0"), "");
    Partition partition;
    std::string_view rest;
    EXPECT_TRUE(parse_partition_label("a.b:12/17-0/crm", &partition, &rest));
    EXPECT_EQ(partition.stream, "a.b");
    EXPECT_EQ(partition.number, 12U);
    EXPECT_EQ(rest, "17-0/crm");
    for (const char* bad : {"17-0/crm", "a:x/17-0", "a:1", ":1/17-0", "a b:1/17-0"}) {
        EXPECT_FALSE(parse_partition_label(bad, &partition, &rest)) << bad;
    }
}

}  // namespace
}  // namespace webhook::ctl
