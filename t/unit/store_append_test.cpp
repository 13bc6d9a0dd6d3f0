// The atomic step: what is stored, what is refused, and that errors leave nothing behind.

#include "store_append_support.hpp"

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
    std::vector<AppendItem> items(6);
    for (int i = 0; i < 6; ++i) {
        events[i].id = ids[i];
        events[i].headers = i % 2 != 0 ? "{}" : "";
        events[i].data = {&views[i], 1, views[i].size()};
        items[i] = {&events[i], partitions[i], hash_id("src", ids[i])};
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

}  // namespace
}  // namespace webhook::store
