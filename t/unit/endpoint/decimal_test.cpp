#include "endpoint/decimal.hpp"

#include <gtest/gtest.h>

namespace webhook::endpoint {
namespace {

TEST(Decimal, OnlyWhatJsonCallsANumber) {
    for (const char* good : {"0", "-0", "10", "-1.50", "0.001", "1e3", "1E+3", "1.5e-7", "9007199254740993"})
        EXPECT_TRUE(is_decimal(good)) << good;
    for (const char* bad : {"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "e1", "0x1", "1,5", " 1", "1 ",
                            "NaN", "1e1001", "1e99999999999"})
        EXPECT_FALSE(is_decimal(bad)) << bad;
    EXPECT_TRUE(is_decimal(std::string(100, '1')));
    EXPECT_FALSE(is_decimal(std::string(101, '1')));
}

TEST(Decimal, ComparesByValue) {
    EXPECT_EQ(compare_decimals("1.0", "1"), 0);
    EXPECT_EQ(compare_decimals("1e2", "100"), 0);
    EXPECT_GT(compare_decimals("9007199254740993", "9007199254740992"), 0);
    EXPECT_LT(compare_decimals("-2", "-1"), 0);
    EXPECT_FALSE(compare_decimals("1", "one"));
}

TEST(Decimal, ComputesExactly) {
    EXPECT_EQ(compute(Arithmetic::add, "0.1", "0.2"), "0.3");
    EXPECT_EQ(compute(Arithmetic::add, "9007199254740993", "0"), "9007199254740993");
    EXPECT_EQ(compute(Arithmetic::multiply, "19.99", "100"), "1999");
    EXPECT_EQ(compute(Arithmetic::divide, "1999", "100"), "19.99");
    EXPECT_EQ(compute(Arithmetic::divide, "2", "3"), "0.66666666666666666666666666666666666666666666666667");
    EXPECT_EQ(compute(Arithmetic::multiply, "-0.0", "5"), "0");
    EXPECT_FALSE(compute(Arithmetic::divide, "1", "0"));
    EXPECT_FALSE(compute(Arithmetic::add, "1", ""));
    EXPECT_FALSE(compute(Arithmetic::multiply, "1e90", "1e90"));
}

TEST(Decimal, RoundsHalfAwayFromZero) {
    EXPECT_EQ(round_decimal("2.5", 0), "3");
    EXPECT_EQ(round_decimal("-2.5", 0), "-3");
    EXPECT_EQ(round_decimal("0.005", 2), "0.01");
    EXPECT_EQ(round_decimal("1e2", 3), "100.000");
    EXPECT_EQ(round_decimal("-0.001", 2), "0.00");
    EXPECT_FALSE(round_decimal("x", 2));
}

}  // namespace
}  // namespace webhook::endpoint
