#include <gtest/gtest.h>

#include "worker/membership.hpp"

namespace webhook::worker {
namespace {

using namespace std::chrono_literals;

TEST(WorkerMembership, SharesAreDisjointAndWhole) {
    std::vector<PartitionName> partitions;
    for (unsigned p = 0; p < 8; ++p)
        partitions.push_back({"s", p});
    const std::vector<Member> workers{{"c", {}}, {"a", {}}, {"b", {}}};
    std::vector<PartitionName> all;
    for (const auto& worker : workers) {
        const auto share = share_of(partitions, workers, worker.id);
        EXPECT_GE(share.size(), 2u);
        EXPECT_LE(share.size(), 3u);
        all.insert(all.end(), share.begin(), share.end());
    }
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, partitions);
    EXPECT_TRUE(share_of(partitions, workers, "unknown").empty());
}

TEST(WorkerMembership, StreamsAreSharedByThoseWhoServeThem) {
    const std::vector<PartitionName> s{{"s", 0}, {"s", 1}, {"s", 2}}, t{{"t", 0}}, u{{"u", 0}, {"u", 1}};
    std::vector<PartitionName> all = s;
    all.insert(all.end(), t.begin(), t.end());
    all.insert(all.end(), u.begin(), u.end());
    const std::vector<Member> workers{{"a", {"s"}}, {"b", {"t"}}, {"c", {}}, {"d", {"t", "s"}}};
    using Names = std::vector<PartitionName>;
    EXPECT_EQ(share_of(s, workers, "a"), (Names{{"s", 0}}));  // each gives what it has found itself
    EXPECT_EQ(share_of(t, workers, "b"), (Names{{"t", 0}}));
    EXPECT_EQ(share_of(all, workers, "c"), (Names{{"s", 1}, {"u", 0}, {"u", 1}}));
    EXPECT_EQ(share_of(all, workers, "d"), (Names{{"s", 2}}));
}

}  // namespace
}  // namespace webhook::worker
