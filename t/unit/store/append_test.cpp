// The atomic step: what is stored, what is refused, and that errors leave nothing behind.

#include <map>

#include "t/unit/store/append_support.hpp"

namespace webhook::store {
namespace {

TEST_F(AppendTest, SmallAndLargeAreStoredByteForByte) {
    const std::string binary("\0\r\n\xff", 4);
    for (const auto& body : {binary, std::string(), std::string(4096, 'a'), std::string(4097, 'b'), large}) {
        const auto added = stream.add("id" + std::to_string(body.size()), body);
        ASSERT_EQ(added.result, Result::accepted) << added.detail;
        const auto range = redis({"XRANGE", "webhook:{s:0}:events", added.stream_id, added.stream_id});
        ASSERT_EQ(range->elements, 1u);
        const auto* fields = range->element[0]->element[1];
        std::string data = "absent";
        for (std::size_t i = 0; i + 1 < fields->elements; i += 2) {
            if (std::string_view(fields->element[i]->str) == "data") {
                data.assign(fields->element[i + 1]->str, fields->element[i + 1]->len);
            }
        }
        EXPECT_EQ(data, body);
    }
    EXPECT_EQ(stream.intake(Stream::accepted), 5);
}

TEST_F(AppendTest, DuplicateAndConflictAreToldApart) {
    for (const std::string& body : {std::string("small"), large}) {
        const std::string id = "id" + std::to_string(body.size());
        EXPECT_EQ(stream.add(id, body).result, Result::accepted);
        EXPECT_EQ(stream.add(id, body).result, Result::duplicate);
        EXPECT_EQ(stream.add(id, body + "!").result, Result::conflict);
        EXPECT_EQ(stream.add(id, "tiny").result, Result::conflict);
    }
    EXPECT_EQ(stream.entries(), 2);
    EXPECT_EQ(stream.intake(Stream::accepted), 2);
    EXPECT_EQ(redis({"XINFO", "GROUPS", "webhook:{s:0}:events"})->elements, 0u) << "the undo group is gone";
}

TEST_F(AppendTest, BacklogCountsUnroutedEventsAndBytes) {
    Stream few(redis, {"s", 1, 2, 1u << 30, 3600000});
    EXPECT_EQ(few.add("a", "1").result, Result::accepted);
    EXPECT_EQ(few.add("b", large).result, Result::accepted);
    EXPECT_EQ(few.add("c", "1").result, Result::full);
    EXPECT_EQ(few.add("c", large).result, Result::full);
    EXPECT_EQ(few.add("a", "1").result, Result::duplicate)
        << "a copy of a stored event is a success, full or not";
    few.set_meta("routed", "1");
    EXPECT_EQ(few.add("c", large).result, Result::accepted);

    Stream bytes(redis, {"s", 1, 1000, 200000, 3600000});
    EXPECT_EQ(bytes.add("d", large).result, Result::full);
    bytes.set_meta("routed_bytes", "140000");
    EXPECT_EQ(bytes.add("d", large).result, Result::accepted);
    EXPECT_EQ(stream.entries(), 4);
}

TEST_F(AppendTest, OneEventLargerThanTheLimitStillPassesAnEmptyPartition) {
    Stream tiny(redis, {"s", 1, 1000, 100, 3600000});
    EXPECT_EQ(tiny.add("a", large).result, Result::accepted);
    EXPECT_EQ(tiny.add("b", "x").result, Result::full);
}

TEST_F(AppendTest, AnotherNumberOfPartitionsIsRefusedAndNamed) {
    EXPECT_EQ(stream.add("a", "1").result, Result::accepted);
    Stream other(redis, {"s", 4, 1000, 1u << 30, 3600000});
    EXPECT_EQ(other.add("b", "1").result, Result::wrong_partitions);
    EXPECT_EQ(other.add("b", large).result, Result::wrong_partitions);
    EXPECT_EQ(stream.entries(), 1);
    std::string prepare;
    other.appender().build_prepare(0, &prepare);
    const auto reply = redis.raw(prepare);
    const Appender::Prepared prepared = Appender::read_prepare(*reply);
    EXPECT_FALSE(prepared.usable);
    EXPECT_EQ(prepared.other_partitions, 1u);
}

TEST_F(AppendTest, WithoutDedupEverythingIsStored) {
    Stream off(redis, {"s", 1, 3, 1u << 30, 0});
    EXPECT_EQ(off.add("a", "1").result, Result::accepted);
    EXPECT_EQ(off.add("a", "1").result, Result::accepted);
    EXPECT_EQ(off.add("a", large).result, Result::accepted);
    EXPECT_EQ(off.add("a", large).result, Result::full);
    EXPECT_EQ(stream.entries(), 3);
}

TEST_F(AppendTest, TheStepOutlivesTheScriptCacheAndItsLossLeavesAnEntryToUndo) {
    EXPECT_EQ(stream.add("a", "1").result, Result::accepted);
    redis({"SCRIPT", "FLUSH"});
    EXPECT_EQ(stream.add("b", "1").result, Result::accepted);
    redis({"FUNCTION", "FLUSH"});
    const auto lost = stream.add("c", "1");
    EXPECT_EQ(lost.result, Result::broken);
    EXPECT_EQ(stream.entries(), 3);
    EXPECT_EQ(stream.undo(lost.undo), 1);
    EXPECT_EQ(stream.entries(), 2);
    Stream::load(redis);
    Stream::load(redis);
    EXPECT_EQ(stream.add("c", "1").result, Result::accepted);
}

TEST_F(AppendTest, AnEntryThatIsRoutedAlreadyIsNotUndoneButCounted) {
    EXPECT_EQ(stream.add("a", "1").result, Result::accepted);
    redis({"FUNCTION", "FLUSH"});
    const auto lost = stream.add("b", large);
    stream.set_meta("floor", lost.undo);
    EXPECT_EQ(stream.undo(lost.undo), 1);
    EXPECT_EQ(stream.entries(), 2);
    EXPECT_EQ(stream.intake(Stream::accepted), 2);
}

TEST_F(AppendTest, ErrorsInsideTheStepLeaveNothing) {
    redis({"SET", "webhook:{s:0}:events", "not a stream"});
    EXPECT_EQ(stream.add("a", "1").result, Result::refused);
    EXPECT_EQ(stream.add("b", large).result, Result::refused);
    redis({"DEL", "webhook:{s:0}:events"});
    EXPECT_EQ(stream.add("a", "1").result, Result::accepted);
    EXPECT_EQ(stream.add("b", large).result, Result::accepted);

    redis({"CONFIG", "SET", "maxmemory", "1"});
    EXPECT_EQ(stream.add("c", "1").result, Result::refused);
    EXPECT_EQ(stream.add("d", large).result, Result::refused);
    redis({"CONFIG", "SET", "maxmemory", "0"});
    EXPECT_EQ(stream.add("c", "1").result, Result::accepted);
    EXPECT_EQ(stream.add("d", large).result, Result::accepted);
    EXPECT_EQ(stream.intake(Stream::accepted), 4);
}

TEST_F(AppendTest, AnEntryWhoseStepFailedIsTakenBack) {
    redis({"HSET", "webhook:{s:0}:intake", "not", "a string"});
    for (const std::string& body : {std::string("small"), large}) {
        const auto failed = stream.add("a", body);
        EXPECT_EQ(failed.result, Result::refused);
        EXPECT_NE(failed.detail.find("WRONGTYPE"), std::string::npos) << failed.detail;
        EXPECT_EQ(stream.entries(), 0);
    }
    redis({"DEL", "webhook:{s:0}:intake"});
    redis({"SET", "webhook:{s:0}:seen:1", "not a hash"});
    EXPECT_EQ(stream.add("a", large).result, Result::refused);
    redis({"DEL", "webhook:{s:0}:seen:1"});
    EXPECT_EQ(stream.add("a", large).result, Result::accepted) << "what failed is not remembered";
}

TEST_F(AppendTest, EventsOfOneCommandAreJudgedEachOnItsOwn) {
    Stream four(redis, {"s", 4, 1000000, 1u << 30, 3600000});
    redis({"SET", "webhook:{s:2}:intake", "not the state"});
    const std::string ids[] = {"a", "b", "a", "c", "d", "e"};
    const unsigned partitions[] = {0, 0, 0, 1, 2, 3};
    const std::string bodies[] = {"1", "2", "1", "3", "4", "5"};
    std::vector<std::string_view> views(bodies, bodies + 6);
    std::vector<NewEvent> events(6);
    std::vector<Identity> identities;
    identities.reserve(6);
    std::vector<AppendItem> items(6);
    for (int i = 0; i < 6; ++i) {
        events[i].id = ids[i];
        events[i].headers = i % 2 != 0 ? "{}" : "";
        events[i].data = {&views[i], 1, views[i].size()};
        identities.push_back(identity_of(ids[i], views[i]));
        items[i] = {&events[i], partitions[i], identities[i]};
    }
    std::string out;
    four.appender().build(items.data(), items.size(), &out);
    const auto reply = redis.raw(out, Appender::replies(items.size()));
    const Result expected[] = {Result::accepted, Result::accepted, Result::duplicate,
                               Result::accepted, Result::refused,  Result::accepted};
    for (std::size_t i = 0; i < 6; ++i) {
        const auto read = Appender::read(reply.get(), i, 6);
        EXPECT_EQ(read.result, expected[i]) << i << ": " << read.detail;
    }
    EXPECT_EQ(stream.entries(), 2);
    EXPECT_EQ(stream.intake(Stream::accepted), 2);
    EXPECT_EQ(redis({"XLEN", "webhook:{s:1}:events"})->integer, 1);
    EXPECT_EQ(redis({"XLEN", "webhook:{s:2}:events"})->integer, 0);
    EXPECT_EQ(redis({"XLEN", "webhook:{s:3}:events"})->integer, 1);
    EXPECT_EQ(Appender::read(reply.get(), 0, 5).result, Result::broken);
}

/// An identity under `key` that may have been stored under each of `others`.
Identity with_alternates(std::string_view key, const std::vector<std::string>& others,
                         std::string_view body) {
    Identity identity = identity_of(key, body);
    for (const std::string& other : others)
        EXPECT_TRUE(identity.alternates.add(key_of(other)));
    return identity;
}

TEST_F(AppendTest, WhatIsStoredUnderAnAlternateIsKnown) {
    EXPECT_EQ(stream.add("old", "1").result, Result::accepted);
    const std::vector<std::string> others = {"a", "b", "c", "d", "e", "f", "old"};
    EXPECT_EQ(stream.add("x", "1", with_alternates("new", others, "1")).result, Result::duplicate);
    EXPECT_EQ(stream.add("x", "2", with_alternates("new", others, "2")).result, Result::conflict);
    EXPECT_EQ(stream.add("x", large, with_alternates("new", {"old"}, large)).result, Result::conflict);
    EXPECT_EQ(stream.add("x", "1", with_alternates("new", {"a", "b"}, "1")).result, Result::accepted);
    EXPECT_EQ(stream.add("new", "1").result, Result::duplicate) << "stored under its key";
    EXPECT_EQ(stream.add("a", "1").result, Result::accepted) << "and under no alternate";
    EXPECT_EQ(stream.intake(Stream::ids), 3);
}

TEST_F(AppendTest, AnAlternateOfTheOlderGenerationIsKnown) {
    EXPECT_EQ(stream.add("old", "1").result, Result::accepted);
    stream.set_intake(Stream::start, stream.intake(Stream::start) - 3600000 - 1);
    EXPECT_EQ(stream.add("young", "1").result, Result::accepted);
    EXPECT_EQ(stream.intake(Stream::gen), 2);
    EXPECT_EQ(stream.add("x", "1", with_alternates("new", {"a", "old"}, "1")).result, Result::duplicate);
    EXPECT_EQ(stream.add("x", "1", with_alternates("new", {"young", "a"}, "1")).result, Result::duplicate);
    EXPECT_EQ(stream.add("x", "1", with_alternates("new", {"a"}, "1")).result, Result::accepted);
}

/// Appends several events with identities of their own in one command.
std::vector<Result> add_together(RedisServer& redis, const Appender& appender,
                                 const std::vector<std::pair<unsigned, Identity>>& placed) {
    const std::size_t count = placed.size();
    const std::string_view body = "1";
    NewEvent event;
    event.id = "x";
    event.data = {&body, 1, 1};
    std::vector<AppendItem> items;
    for (const auto& [partition, identity] : placed)
        items.emplace_back(&event, partition, identity);
    std::string out;
    appender.build(items.data(), count, &out);
    const auto reply = redis.raw(out, Appender::replies(count));
    std::vector<Result> results;
    for (std::size_t i = 0; i < count; ++i)
        results.push_back(Appender::read(reply.get(), i, count).result);
    return results;
}

TEST_F(AppendTest, AlternatesWithinOneCommandAreSeen) {
    Stream two(redis, {"s", 2, 1000000, 1u << 30, 3600000});
    const auto results = add_together(redis, two.appender(),
                                      {{0, identity_of("old", "1")},
                                       {0, with_alternates("new", {"a", "old"}, "1")},
                                       {0, with_alternates("new", {"a", "b", "c"}, "1")},
                                       {0, with_alternates("newer", {"b", "new"}, "1")},
                                       {1, with_alternates("new", {"old"}, "1")},
                                       {1, identity_of("new", "1")}});
    const std::vector<Result> expected = {Result::accepted,  Result::duplicate, Result::accepted,
                                          Result::duplicate, Result::accepted,  Result::duplicate};
    EXPECT_EQ(results, expected);
    EXPECT_EQ(stream.entries(), 2);
    EXPECT_EQ(redis({"XLEN", "webhook:{s:1}:events"})->integer, 1);
}

TEST_F(AppendTest, EventsWithoutDedupPassBesideThoseWithIt) {
    Identity free = identity_of("a", "1"), freer = with_alternates("a", {"b"}, "1");
    free.dedup = freer.dedup = false;
    const Identity once = identity_of("a", "1");
    const auto first =
        add_together(redis, stream.appender(), {{0, free}, {0, freer}, {0, once}, {0, free}, {0, once}});
    const std::vector<Result> expected = {Result::accepted, Result::accepted, Result::accepted,
                                          Result::accepted, Result::duplicate};
    EXPECT_EQ(first, expected) << "neither looked up nor remembered";
    EXPECT_EQ(stream.entries(), 4);
    EXPECT_EQ(stream.intake(Stream::ids), 1);
    EXPECT_EQ(add_together(redis, stream.appender(), {{0, free}, {0, free}}),
              std::vector<Result>(2, Result::accepted));
    EXPECT_EQ(stream.intake(Stream::ids), 1);
    EXPECT_EQ(stream.intake(Stream::accepted), 6) << "they count all the same";
    Stream few(redis, {"s", 1, 6, 1u << 30, 3600000});
    EXPECT_EQ(few.add("a", "1", free).result, Result::full);
}

TEST_F(AppendTest, NewFieldsAreStoredWhereTheyHaveAValue) {
    const auto fields_of = [&](const NewEvent& event) {
        const Identity identity = identity_of(event.key, "");
        const AppendItem item{&event, 0, identity};
        std::string out;
        stream.appender().build(&item, 1, &out);
        const auto reply = redis.raw(out, Appender::replies(1));
        const auto read = Appender::read(reply.get(), 0, 1);
        EXPECT_EQ(read.result, Result::accepted) << read.detail;
        const std::string entry(read.stream_id);
        const auto range = redis({"XRANGE", "webhook:{s:0}:events", entry, entry});
        std::map<std::string, std::string> fields;
        std::uint64_t bytes = 0;
        const auto* list = range->element[0]->element[1];
        for (std::size_t i = 0; i + 1 < list->elements; i += 2) {
            fields[list->element[i]->str] = list->element[i + 1]->str;
            bytes += list->element[i]->len + list->element[i + 1]->len;
        }
        EXPECT_EQ(item.bytes, bytes) << "what counts against the limits is what is stored";
        return fields;
    };
    NewEvent event;
    event.id = "1";
    auto fields = fields_of(event);
    for (const char* name : {"path", "key", "partitionkey", "idnames"})
        EXPECT_EQ(fields.count(name), 0u) << name;
    event.path = "/hooks/a%20b";
    event.key = "00112233445566778899aabbccddeeff";
    event.partitionkey = "customer 7";
    event.idnames = "thing";
    fields = fields_of(event);
    EXPECT_EQ(fields["path"], "/hooks/a%20b");
    EXPECT_EQ(fields["key"], "00112233445566778899aabbccddeeff");
    EXPECT_EQ(fields["partitionkey"], "customer 7");
    EXPECT_EQ(fields["idnames"], "thing");
}

}  // namespace
}  // namespace webhook::store
