// Loops end, and a client cannot end an event.

#include <gtest/gtest.h>

#include <algorithm>

#include "worker/send/hops.hpp"

namespace webhook::worker {
namespace {

const Hops ours("our key"), theirs("their key");

std::size_t items(const std::string& header) {
    return header.empty() ? 0 : 1 + static_cast<std::size_t>(std::count(header.begin(), header.end(), ','));
}

TEST(Hops, CountsOwnPassages) {
    std::string header;
    for (unsigned round = 1; round <= Hops::most; ++round) {
        const auto passage = ours.pass(header);
        EXPECT_EQ(passage.count, round);
        EXPECT_FALSE(passage.is_loop());
        header = passage.header;
        EXPECT_EQ(items(header), 1u);
    }
    EXPECT_TRUE(ours.pass(header).is_loop());
}

TEST(Hops, ALoopThroughSeveralInstallationsEnds) {
    std::string header;
    unsigned rounds = 0;
    while (!ours.pass(header).is_loop() && rounds < 100) {
        header = theirs.pass(ours.pass(header).header).header;
        EXPECT_EQ(items(header), 2u);
        ++rounds;
    }
    EXPECT_EQ(rounds, Hops::most);
}

TEST(Hops, NobodyElseCanMakeAnItem) {
    const std::string genuine = ours.pass("").header;
    const std::string id = genuine.substr(0, genuine.find(':') + 1), mac = genuine.substr(genuine.rfind(':'));
    for (const std::string& forged :
         {std::string("5"), std::string("99999999999999999999"), id, id + "5", id + "5:", id + "5" + mac,
          id + "6" + mac, id + "9" + mac, id + "5:" + std::string(32, '0'), theirs.pass("").header})
        EXPECT_EQ(ours.pass(forged).count, 1u) << forged;
    EXPECT_EQ(ours.pass(genuine).count, 2u);
    EXPECT_EQ(ours.pass("  " + genuine + " , x").count, 2u);
    EXPECT_EQ(Hops().pass(genuine).count, 1u) << "without a key nothing is believed";
    EXPECT_EQ(Hops().pass("").header, "");
}

TEST(Hops, ItemsOfOthersAreBounded) {
    std::string many, genuine = ours.pass("").header;
    for (int i = 0; i < 50; ++i)
        many += "other" + std::to_string(i) + ":1:aa, ";
    const auto passage = ours.pass(genuine + ", " + many);
    EXPECT_EQ(passage.count, 2u) << "others cannot push it out";
    EXPECT_EQ(items(passage.header), Hops::most_foreign + 1);
    EXPECT_EQ(passage.header.find("other42:"), std::string::npos);
    EXPECT_EQ(passage.header.rfind("other43:", 0), 0u) << passage.header;
    for (const std::string& bad :
         {std::string("a:b"), std::string("a:b:c:d"), std::string("a:\r\n:c"), std::string("a b:1:c"),
          "a:1:" + std::string(100, 'f'), std::string("a:1:\xc3\xa9")})
        EXPECT_EQ(items(ours.pass(bad).header), 1u) << bad;
}

}  // namespace
}  // namespace webhook::worker
