#include "store/identity.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "store/append.hpp"

namespace webhook::store {
namespace {

base::Digest digest(std::string_view text) {
    return base::digest_of(base::Hash::sha256, text);
}

std::string hex(const Key& key) {
    const auto digits = to_hex(key);
    return {digits.data(), digits.size()};
}

TEST(Identity, ScopeIdAndContentCannotBeShiftedIntoEachOther) {
    EXPECT_NE(make_key("ab", By::id, "c", {}), make_key("a", By::id, "bc", {}));
    EXPECT_NE(make_key("a", By::both, "b", digest("1")), make_key("a", By::both, "b", digest("2")));
    const base::Digest one = digest("1");
    const std::string id_and_content = "b" + std::string(one.view());
    EXPECT_NE(make_key("a", By::both, "b", one), make_key("a", By::both, id_and_content, {}));
    EXPECT_NE(make_key("a", By::both, "b", one), make_key("a", By::id, id_and_content, {}));
    EXPECT_EQ(make_key("a", By::both, "b", one), make_key("a", By::both, "b", digest("1")));
}

TEST(Identity, EachWayIsAnotherKey) {
    const base::Digest content = digest("body");
    const std::set<Key> keys = {make_key("s", By::id, "1", content), make_key("s", By::both, "1", content),
                                make_key("s", By::body, "1", content)};
    EXPECT_EQ(keys.size(), 3u);
    EXPECT_EQ(make_key("s", By::id, "1", content), make_key("s", By::id, "1", digest("other")));
    EXPECT_EQ(make_key("s", By::body, "1", content), make_key("s", By::body, "2", content));
}

TEST(Identity, WithoutAnIdTheContentDecides) {
    const base::Digest content = digest("body");
    const Key key = make_key("s", By::body, "", content);
    EXPECT_EQ(make_key("s", By::both, "", content), key);
    EXPECT_EQ(make_key("s", By::id, "", content), key) << "else all events without an id were one";
    EXPECT_NE(make_key("s", By::id, "", digest("other")), key);
}

/// Other programs may compute a key, and stored ones must stay known after an update.
TEST(Identity, KeysAreWhatIsWrittenDown) {
    using namespace std::string_literals;
    const auto part = [](const std::string& text) {
        return std::string(1, static_cast<char>(text.size())) + std::string(7, '\0') + text;
    };
    const base::Digest content = digest("body");
    const std::string content_bytes(content.view());
    const auto first = [](const std::string& text) {
        return base::to_hex(digest(text).view().substr(0, 16));
    };
    EXPECT_EQ(hex(make_key("shop", By::id, "42", content)), first(part("shop") + "\0"s + part("42")));
    EXPECT_EQ(hex(make_key("shop", By::both, "42", content)),
              first(part("shop") + "\1"s + part("42") + part(content_bytes)));
    EXPECT_EQ(hex(make_key("shop", By::body, "42", content)),
              first(part("shop") + "\2"s + part(content_bytes)));
}

TEST(Identity, MarksDoNotDependOnHowABodyIsCut) {
    const std::string_view parts[] = {"he", "llo"}, whole = "hello";
    const base::BodyView split{parts, 2, 5}, one{&whole, 1, 5};
    EXPECT_EQ(mark_of(split), mark_of(one));
    EXPECT_NE(mark_of(digest("1")), mark_of(digest("2")));
}

/// The four bytes of a key that choose a bucket must not follow from the partition: else a partition would
/// fill only a part of its buckets.
TEST(Identity, PartitionsAreEvenAndIndependentOfTheKey) {
    constexpr unsigned partitions = 8, count = 16000;
    std::vector<unsigned> events(partitions);
    std::vector<std::vector<unsigned>> buckets(partitions, std::vector<unsigned>(16));
    for (unsigned i = 0; i < count; ++i) {
        const std::string id = "evt_" + std::to_string(i);
        const unsigned partition = partition_of(id, partitions);
        ASSERT_LT(partition, partitions);
        ++events[partition];
        ++buckets[partition][make_key("s", By::id, id, {})[3] % 16];
    }
    for (unsigned p = 0; p < partitions; ++p) {
        EXPECT_NEAR(events[p], count / partitions, 200) << p;
        for (const unsigned in_bucket : buckets[p])
            EXPECT_NEAR(in_bucket, count / partitions / 16, 60) << p;
    }
}

TEST(Identity, AlternatesHaveALimit) {
    Alternates alternates;
    for (std::size_t i = 0; i < Alternates::capacity; ++i)
        EXPECT_TRUE(alternates.add(Key{static_cast<unsigned char>(i)}));
    EXPECT_FALSE(alternates.add(Key{99}));
    EXPECT_EQ(alternates.size(), Alternates::capacity);
    EXPECT_EQ((alternates.end() - 1)->front(), Alternates::capacity - 1);
}

TEST(StreamSettings, AWindowThatIsOffAgreesWithAny) {
    const StreamSettings day{"s", 8, 1000, 1u << 30, 86400000};
    const auto with = [&](auto change) {
        StreamSettings changed = day;
        change(&changed);
        return changed;
    };
    EXPECT_TRUE(agree(day, day));
    const StreamSettings off = with([](StreamSettings* s) { s->dedup_window_ms = 0; });
    EXPECT_TRUE(agree(day, off) && agree(off, day) && agree(off, off));
    EXPECT_FALSE(agree(day, with([](StreamSettings* s) { s->dedup_window_ms /= 2; })));
    EXPECT_FALSE(agree(off, with([](StreamSettings* s) { s->partitions = 4; })));
    EXPECT_FALSE(agree(off, with([](StreamSettings* s) { s->max_backlog = 1; })));
    EXPECT_FALSE(agree(off, with([](StreamSettings* s) { s->max_backlog_bytes = 1; })));
    EXPECT_FALSE(agree(off, with([](StreamSettings* s) { s->name = "t"; })));
}

}  // namespace
}  // namespace webhook::store
