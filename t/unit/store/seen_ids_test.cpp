// How ids are remembered: generations, windows, buckets, and what they cost.

#include <iostream>
#include <map>
#include <random>

#include "store/keys.hpp"
#include "t/unit/store/append_support.hpp"

namespace webhook::store {
namespace {

TEST_F(AppendTest, GenerationsTurnWithoutAGap) {
    const auto now = [&] { return std::stoll(std::string(redis({"TIME"})->element[0]->str)) * 1000; };
    const auto age = [&](long long ms) { stream.set_intake(Stream::start, static_cast<double>(now() - ms)); };
    EXPECT_EQ(stream.add("old", "1").result, Result::accepted);
    age(3600000 + 60000);  // the generation is over: the next event turns it, the old one is still looked up
    EXPECT_EQ(stream.add("new", "1").result, Result::accepted);
    EXPECT_EQ(stream.intake(Stream::gen), 2);
    EXPECT_EQ(stream.add("old", "1").result, Result::duplicate);
    age(3600000 + 60000);  // two windows later the old one is forgotten, the new one not
    EXPECT_EQ(stream.add("new", "1").result, Result::duplicate);
    EXPECT_EQ(stream.add("old", "1").result, Result::accepted);
    age(10 * 3600000);  // long silence: both are over
    EXPECT_EQ(stream.add("new", "1").result, Result::accepted);
    EXPECT_EQ(stream.add("old", "1").result, Result::accepted);
}

TEST_F(AppendTest, TheClockOfTheServerGoingBackForgetsNothing) {
    EXPECT_EQ(stream.add("a", "1").result, Result::accepted);
    stream.set_intake(Stream::start, 9999999999999);
    EXPECT_EQ(stream.add("a", "1").result, Result::duplicate);
    EXPECT_EQ(stream.add("b", "1").result, Result::accepted);
}

TEST_F(AppendTest, ALongerWindowKeepsWhatIsThereAndAShorterOneWaits) {
    EXPECT_EQ(stream.add("a", "1").result, Result::accepted);
    Stream longer(redis, {"s", 1, 1000, 1u << 30, 4 * 3600000});
    EXPECT_EQ(longer.add("b", "1").result, Result::accepted);
    EXPECT_EQ(stream.intake(Stream::length), 4 * 3600000);
    EXPECT_GT(redis({"PTTL", "webhook:{s:0}:seen:1"})->integer, 7 * 3600000);
    Stream shorter(redis, {"s", 1, 1000, 1u << 30, 60000});
    EXPECT_EQ(shorter.add("a", "1").result, Result::duplicate);
    EXPECT_EQ(shorter.add("c", "1").result, Result::accepted);
    EXPECT_EQ(stream.intake(Stream::length), 4 * 3600000) << "the longer one holds until it has passed";
}

TEST_F(AppendTest, ManyIdsStayFoundWhileBucketsSplit) {
    constexpr int count = 40000;  // more than 4096 buckets of 8
    EXPECT_EQ(add_many(redis, stream.appender(), count), count);
    EXPECT_EQ(add_many(redis, stream.appender(), count), 0);
    EXPECT_EQ(stream.entries(), count);
    const auto buckets = redis({"HLEN", "webhook:{s:0}:seen:1"})->integer;
    EXPECT_GT(buckets, 4096);
    EXPECT_LE(buckets, (count + 7) / 8);
    EXPECT_GT(redis({"PTTL", "webhook:{s:0}:seen:1"})->integer, 0);
}

/// What the step must answer: the content that was stored under each key of a partition.
class Model {
  public:
    Result add(unsigned partition, const Identity& identity) {
        if (!identity.dedup) return Result::accepted;
        auto& seen = seen_[partition];
        const auto verdict = [&](const ContentMark& content) {
            return content == identity.content ? Result::duplicate : Result::conflict;
        };
        if (const auto known = seen.find(identity.key); known != seen.end()) return verdict(known->second);
        for (const Key& key : identity.alternates) {
            if (const auto known = seen.find(key); known != seen.end()) return verdict(known->second);
        }
        seen[identity.key] = identity.content;
        return Result::accepted;
    }

  private:
    std::map<unsigned, std::map<Key, ContentMark>> seen_;
};

/// An identity among few, so that copies, conflicts and hits under alternates are frequent.
Identity random_identity(std::mt19937& random) {
    const auto below = [&random](unsigned limit) { return static_cast<unsigned>(random() % limit); };
    const auto key = [&] { return key_of(std::to_string(below(3000))); };
    Identity identity{key(), {}, {}, below(8) != 0};
    identity.content[0] = static_cast<unsigned char>(below(2));
    for (unsigned i = below(4) == 0 ? below(Alternates::capacity + 1) : 0; i > 0; --i)
        identity.alternates.add(key());
    return identity;
}

TEST(AppendModel, MixedTransactionsAreJudgedAsAModelJudgesThem) {
    RedisServer redis;
    Stream::load(redis);
    const Appender appender({"s", 3, 1000000, 1u << 30, 3600000});
    std::mt19937 random(11);
    Model model;
    const std::string_view body = "b";
    NewEvent event;
    event.id = "x";
    event.data = {&body, 1, 1};
    for (int round = 0; round < 300; ++round) {
        const std::size_t count = 1 + random() % 32;
        std::vector<unsigned> partitions(count);
        for (unsigned& partition : partitions)
            partition = static_cast<unsigned>(random() % 3);
        std::sort(partitions.begin(), partitions.end());
        std::vector<Identity> identities;
        for (std::size_t i = 0; i < count; ++i)
            identities.push_back(random_identity(random));
        std::vector<AppendItem> items;
        for (std::size_t i = 0; i < count; ++i)
            items.emplace_back(&event, partitions[i], identities[i]);
        std::string out;
        appender.build(items.data(), count, &out);
        const auto reply = redis.raw(out, Appender::replies(count));
        for (std::size_t i = 0; i < count; ++i) {
            const auto read = Appender::read(reply.get(), i, count);
            ASSERT_EQ(read.result, model.add(partitions[i], identities[i]))
                << "round " << round << ", event " << i << ": " << read.detail;
        }
    }
}

/// What a million ids cost is a promise to those who size the server: at most 24 bytes each.
TEST(AppendMemory, AMillionIdsCostAtMost24BytesEach) {
    RedisServer redis;
    constexpr unsigned partitions = 8;
    constexpr int count = 1000000;
    const auto used = [&] {
        const auto info = std::string(test::text(redis({"INFO", "memory"})));
        return std::stoll(info.substr(info.find("used_memory:") + 12));
    };
    Stream::load(redis);
    const auto before = used();
    Appender appender({"s", partitions, 1u << 30, 1ull << 40, 3600000});
    ASSERT_EQ(add_many(redis, appender, count), count);
    for (unsigned p = 0; p < partitions; ++p)
        redis({"DEL", partition_prefix("s", p) + "events"});
    const double each = static_cast<double>(used() - before) / count;
    RecordProperty("bytes_per_id", std::to_string(each));
    std::cout << "bytes per id: " << each << "\n";
    EXPECT_LE(each, 24.0);
    EXPECT_GT(each, 16.0) << "less than the hashes themselves: the measurement is wrong";
}

}  // namespace
}  // namespace webhook::store
