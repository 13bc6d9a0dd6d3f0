#include <gtest/gtest.h>

#include <cstdio>
#include <ctime>
#include <functional>
#include <random>

#include "base/glob.hpp"
#include "endpoint/match_index.hpp"

namespace webhook::endpoint {
namespace {

TEST(EndpointPattern, Matches) {
    EXPECT_TRUE(base::matches("order.*", "order.paid"));
    EXPECT_TRUE(base::matches("order.*", "order."));
    EXPECT_FALSE(base::matches("order.*", "order"));
    EXPECT_TRUE(base::matches("*", ""));
    EXPECT_TRUE(base::matches("*.paid", "a.b.paid"));
    EXPECT_TRUE(base::matches("a*b*c", "aXbYbZc"));
    EXPECT_FALSE(base::matches("a*b*c", "aXbYbZ"));
    EXPECT_FALSE(base::matches("Order", "order"));
    EXPECT_TRUE(base::matches("a**", "a"));
    EXPECT_FALSE(base::matches("", "a"));
    EXPECT_FALSE(base::matches(std::string(30, '*') + "x", std::string(250, 'a')));
}

class Random {
  public:
    std::string text() {
        std::string result;
        for (std::size_t i = pick(4); i > 0; --i)
            result += "ab."[pick(3)];
        return result;
    }
    std::vector<std::string> patterns() {
        std::vector<std::string> result;
        for (std::size_t i = pick(12) == 0 ? 9 : pick(3); i > 0; --i) {
            result.push_back(text());
            if (pick(2) == 0) result.back().insert(pick(result.back().size() + 1), "*");
        }
        return result;
    }
    std::size_t pick(std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(engine_);
    }

  private:
    std::mt19937 engine_{7};
};

TEST(EndpointMatchIndex, AgreesWithTryingAll) {
    Random random;
    for (int round = 0; round < 200; ++round) {
        std::vector<Document> documents(60);
        for (Document& document : documents)
            document.match = {random.patterns(), random.patterns(), random.patterns(), ""};
        const MatchIndex index(documents);
        std::vector<std::uint32_t> found, expected;
        for (int event = 0; event < 50; ++event) {
            const std::string tenant = random.text(), source = random.text(), type = random.text();
            expected.clear();
            for (std::uint32_t i = 0; i < documents.size(); ++i) {
                if (wants(documents[i].match, tenant, source, type)) expected.push_back(i);
            }
            index.find(tenant, source, type, &found);
            ASSERT_EQ(found, expected) << tenant << " " << source << " " << type;
        }
    }
}

TEST(EndpointMatchIndex, TenThousandEndpointsAreNotTriedOneByOne) {
    std::vector<Document> documents(10000);
    for (std::size_t i = 0; i < documents.size(); ++i) {
        documents[i].match = {{"stripe", "github"},
                              {"order.*", "t" + std::to_string(i % 10) + "*"},
                              {"tenant" + std::to_string(i)},
                              ""};
    }
    const MatchIndex index(documents);
    std::vector<std::uint32_t> found;
    const std::clock_t began = std::clock();
    for (std::uint32_t i = 0; i < 10000; ++i) {
        index.find("tenant" + std::to_string(i), "stripe", "order.paid", &found);
        ASSERT_EQ(found, std::vector<std::uint32_t>{i});
    }
    // Trying each would be 10^8 comparisons; this bound holds under sanitizers too.
    EXPECT_LT(std::clock() - began, CLOCKS_PER_SEC);
}

/// Nanoseconds of CPU that one event costs in an index of `count` endpoints, of which ten want it.
double cost_of_event(std::size_t count, const std::function<Match(std::size_t)>& match) {
    std::vector<Document> documents(count);
    for (std::size_t i = 0; i < count; ++i)
        documents[i].match = match(i);
    const MatchIndex index(documents);
    std::vector<std::uint32_t> found;
    constexpr int events = 20000;
    const std::clock_t began = std::clock();
    for (int i = 0; i < events; ++i)
        index.find("acme", "stripe", "order.created", &found);
    EXPECT_EQ(found.size(), 10u);
    return 1e9 * static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC / events;
}

// A benchmark, not a test: build/unit-tests --gtest_also_run_disabled_tests --gtest_filter='*Bench*'
TEST(DISABLED_MatchIndexBench, TenThousandEndpointsAgainstTen) {
    const auto other = [](std::size_t i) { return std::to_string(i); };
    const std::vector<std::pair<const char*, std::function<Match(std::size_t)>>> kinds{
        {"tenants",
         [&](std::size_t i) {
             return i < 10 ? Match{{}, {}, {"acme"}, {}} : Match{{}, {}, {other(i)}, {}};
         }},
        {"order.* of tenants",
         [&](std::size_t i) {
             return Match{{}, {"order.*"}, {i < 10 ? "acme" : other(i)}, {}};
         }},
        {"*.created of tenants",
         [&](std::size_t i) {
             return Match{{}, {"*.created"}, {i < 10 ? "acme" : other(i)}, {}};
         }},
        {"*.TYPE",
         [&](std::size_t i) {
             return Match{{}, {i < 10 ? "*.created" : "*." + other(i)}, {}, {}};
         }},
        {"*TYPE*.created",
         [&](std::size_t i) {
             return Match{{}, {i < 10 ? "*der*.created" : "*x*." + other(i)}, {}, {}};
         }},
    };
    for (const auto& [name, match] : kinds) {
        const double few = cost_of_event(10, match), many = cost_of_event(10000, match);
        std::printf("%-24s 10: %6.0f ns, 10,000: %6.0f ns, ratio %.2f\n", name, few, many, many / few);
    }
}

TEST(EndpointMatchIndex, PatternsThatBeginWithAStarAreNotTriedOneByOne) {
    std::vector<Document> documents(10000);
    for (std::size_t i = 0; i < documents.size(); ++i)
        documents[i].match.type = {"*.t" + std::to_string(i)};
    const MatchIndex index(documents);
    std::vector<std::uint32_t> found;
    const std::clock_t began = std::clock();
    for (std::uint32_t i = 0; i < 10000; ++i) {
        index.find("", "stripe", "order.t" + std::to_string(i), &found);
        ASSERT_EQ(found, std::vector<std::uint32_t>{i});
    }
    EXPECT_LT(std::clock() - began, CLOCKS_PER_SEC) << "trying each would be 10^8 comparisons";
}

}  // namespace
}  // namespace webhook::endpoint
