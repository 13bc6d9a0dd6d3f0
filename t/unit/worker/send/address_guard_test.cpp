#include "worker/send/address_guard.hpp"

#include <gtest/gtest.h>

namespace webhook::worker {
namespace {

boost::asio::ip::address ip(const char* text) {
    return boost::asio::ip::make_address(text);
}

constexpr const char* private_ones[] = {"0.0.0.0",
                                        "0.1.2.3",
                                        "10.0.0.1",
                                        "10.255.255.255",
                                        "100.64.0.1",
                                        "100.100.100.200",
                                        "100.127.255.255",
                                        "127.0.0.1",
                                        "127.255.255.255",
                                        "168.63.129.16",
                                        "169.254.169.254",
                                        "172.16.0.1",
                                        "172.31.255.255",
                                        "192.0.0.192",
                                        "192.0.2.1",
                                        "192.88.99.1",
                                        "192.168.1.1",
                                        "198.18.0.1",
                                        "198.19.255.255",
                                        "198.51.100.1",
                                        "203.0.113.1",
                                        "224.0.0.1",
                                        "239.1.2.3",
                                        "240.0.0.1",
                                        "255.255.255.255",
                                        "::",
                                        "::1",
                                        "::127.0.0.1",
                                        "::ffff:127.0.0.1",
                                        "::ffff:10.0.0.1",
                                        "::ffff:169.254.169.254",
                                        "64:ff9b::127.0.0.1",
                                        "64:ff9b::a00:1",
                                        "64:ff9b:1::8.8.8.8",
                                        "100::1",
                                        "2001::1",
                                        "2001:2::1",
                                        "2001:10::1",
                                        "2001:20::1",
                                        "2001:db8::1",
                                        "2002:7f00:1::1",
                                        "2002:808:808::1",
                                        "3fff::1",
                                        "3fff:fff::1",
                                        "5f00::1",
                                        "fc00::1",
                                        "fd00:ec2::254",
                                        "fe80::1",
                                        "fec0::1",
                                        "ff02::1",
                                        "::ffff:0:127.0.0.1"};

constexpr const char* public_ones[] = {
    "1.1.1.1",         "8.8.8.8",        "9.255.255.255",    "11.0.0.0",        "100.63.255.255",
    "100.128.0.0",     "128.0.0.1",      "168.63.129.17",    "169.253.255.255", "172.15.255.255",
    "172.32.0.0",      "192.0.1.1",      "192.167.255.255",  "198.17.255.255",  "198.20.0.0",
    "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2001:200::1",     "2001:4860:4860::8888",
    "2600::1",         "2a00:1450::1",   "2606:4700::1111",  "3fff:1000::1"};

TEST(AddressGuard, KnowsPrivateAddresses) {
    for (const char* text : private_ones)
        EXPECT_TRUE(is_private(ip(text))) << text;
    for (const char* text : public_ones)
        EXPECT_FALSE(is_private(ip(text))) << text;
}

TEST(AddressGuard, NowhereAndEverywhere) {
    for (const char* text : private_ones) {
        EXPECT_FALSE(AddressGuard::nowhere()->allows(ip(text), true)) << text;
        EXPECT_TRUE(AddressGuard::everywhere()->allows(ip(text), false)) << text;
    }
    for (const char* text : public_ones)
        EXPECT_TRUE(AddressGuard::nowhere()->allows(ip(text), false)) << text;
}

TEST(AddressGuard, InsideNetworksWithTheFlag) {
    std::string error;
    const auto guard =
        AddressGuard::inside({"10.1.0.0/16", "fd00::/8", "127.0.0.1", "64:ff9b:1::/48"}, &error);
    ASSERT_TRUE(guard) << error;
    for (const char* text :
         {"10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "fd12::1", "127.0.0.1", "64:ff9b:1::1"}) {
        EXPECT_TRUE(guard->allows(ip(text), true)) << text;
        EXPECT_FALSE(guard->allows(ip(text), false)) << text;
    }
    for (const char* text : {"10.2.0.1", "127.0.0.2", "fc00::1", "::1", "169.254.169.254"}) {
        EXPECT_FALSE(guard->allows(ip(text), true)) << text;
    }
    EXPECT_TRUE(guard->allows(ip("8.8.8.8"), false));
}

TEST(AddressGuard, RefusesWhatIsNoNetwork) {
    for (const char* text : {"", "10.0.0.0/33", "10.0.0.1/8", "x/8", "10.0.0.0/", "10.0.0.0/-1",
                             "10.0.0.0/8x", "fd00::1/8", "localhost"}) {
        std::string error;
        EXPECT_FALSE(AddressGuard::inside({text}, &error)) << text;
        EXPECT_EQ(error.rfind("item 1 is not a network", 0), 0u) << error;
    }
    std::string error;
    EXPECT_TRUE(AddressGuard::inside({"0.0.0.0/0", "::/0"}, &error)->allows(ip("127.0.0.1"), true));
}

}  // namespace
}  // namespace webhook::worker
