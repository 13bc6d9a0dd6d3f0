// AppendQueue over scripted bytes: how events are gathered into transactions, that each is answered exactly
// once on every path, and what its owner is told.

#include "module/redis/append_queue.hpp"

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "t/unit/module/redis/scripted_wire.hpp"

namespace webhook::module {
namespace {

using Mode = AppendQueue::Mode;
using State = Appended::State;

/// EXEC's reply of one event: the entry, and the step's number.
std::string executed(int number, const std::string& id = "7-1") {
    return "*2\r\n$" + std::to_string(id.size()) + "\r\n" + id + "\r\n*1\r\n:" + std::to_string(number) +
           "\r\n";
}
/// MULTI, XADD of each event and the step.
std::string queued(int count) {
    std::string all = "+OK\r\n";
    for (int i = 0; i <= count; ++i)
        all += "+QUEUED\r\n";
    return all;
}
std::string executed_all(int count, int number = 3) {
    std::string entries = "*" + std::to_string(count + 1) + "\r\n",
                step = "*" + std::to_string(count) + "\r\n";
    for (int i = 0; i < count; ++i) {
        entries += "$3\r\n7-" + std::to_string(i % 10) + "\r\n";
        step += ":" + std::to_string(number) + "\r\n";
    }
    return entries + step;
}

store::StreamSettings settings_of(const char* name) {
    store::StreamSettings settings;
    settings.name = name;
    settings.partitions = 1;
    return settings;
}

class AppendQueueTest : public testing::Test, public AppendQueue::Owner {
  public:
    /// A request that waits for its append.
    struct Request {
        AppendQueueTest* test = nullptr;
        std::string name, body;
        std::string_view chunk;
        store::NewEvent event;
        PendingAppend* append = nullptr;
    };

    AppendQueueTest() { queue.set_mode(Mode::open); }
    ~AppendQueueTest() override {
        wire.lose();
        queue.refuse_gathered();
        EXPECT_EQ(pending_appends().under_way(), 0u);
    }

    /// The reason why it was refused at once; empty: it waits.
    std::string submit(const std::string& name, const std::string& body = "{}", Stream* to = nullptr) {
        Request& request = requests.emplace_back();
        request.test = this;
        request.name = name;
        request.body = body;
        request.chunk = request.body;
        request.event.id = request.name;
        request.event.data = {&request.chunk, 1, request.chunk.size()};
        OwnedAppend append = pending_appends().take(1000);
        append->owner = &request;
        append->done = [](void* owner, const Appended& appended) {
            auto* self = static_cast<Request*>(owner);
            self->test->on_done(self, appended);
        };
        append->event = &request.event;
        append->stream = to != nullptr ? to : &stream;
        request.append = append.get();
        Appended refused;
        if (queue.submit(std::move(append), &refused)) return {};
        request.append = nullptr;
        return refused.state == State::busy ? "busy: " + std::string(refused.reason)
                                            : std::string(refused.reason);
    }
    void on_done(Request* request, const Appended& appended) {
        const char* const names[] = {"accepted", "duplicate", "conflict", "busy", "unavailable"};
        answers += request->name + " " + names[static_cast<int>(appended.state)];
        if (!appended.stream_id.empty()) answers += " " + std::string(appended.stream_id);
        if (!appended.reason.empty()) answers += " (" + std::string(appended.reason) + ")";
        answers += "; ";
        request->append = nullptr;
        if (react) react(request);
    }
    std::string take_answers() { return std::exchange(answers, {}); }
    /// The end of a turn of the event loop.
    std::string turn() {
        if (queue.is_due()) queue.on_turn();
        return wire.take_written();
    }

    void fail(std::string_view reason) override {
        told += "fail: " + std::string(reason) + "; ";
        queue.set_mode(Mode::closed);
    }
    void on_refused(const Stream& of, std::string_view error) override {
        told += "refused " + of.appender.settings().name + ": " + std::string(error) + "; ";
    }
    void on_broken(const Stream& of, std::string_view detail) override {
        told += "broken " + of.appender.settings().name + ": " + std::string(detail) + "; ";
        queue.set_mode(Mode::closed);
    }
    void on_undo_lost(const PendingAppend& append) override { told += "undo lost: " + append.undo + "; "; }
    void on_wrong_partitions() override { told += "wrong partitions; "; }

    ScriptedWire wire;
    AppendQueue queue{&wire, this};
    Stream stream{settings_of("s"), nullptr}, other{settings_of("t"), nullptr};
    std::deque<Request> requests;
    std::string answers, told;
    void (*react)(Request*) = nullptr;
};

TEST_F(AppendQueueTest, EventsOfOneTurnTravelInOneTransaction) {
    for (const char* name : {"a", "b", "c"})
        EXPECT_EQ(submit(name), "");
    EXPECT_EQ(wire.unsent(), 0u);  // not before the turn ends
    const std::string sent = turn();
    EXPECT_EQ(count_of("MULTI", sent), 1);
    EXPECT_EQ(count_of("XADD", sent), 3);
    EXPECT_TRUE(wire.is_needed());  // a worker that exits waits
    wire.feed(queued(3) + "*4\r\n$3\r\n7-1\r\n$3\r\n7-2\r\n$3\r\n7-3\r\n*3\r\n:3\r\n:0\r\n:1\r\n");
    EXPECT_EQ(take_answers(), "a accepted 7-1; b duplicate; c conflict; ");
    EXPECT_EQ(stream.used, wire.now());
}

TEST_F(AppendQueueTest, FullBacklogIsBusy) {
    submit("a");
    turn();
    wire.feed(queued(1) + executed(2));
    EXPECT_EQ(take_answers(), "a busy (the stream's backlog is full); ");
}

TEST_F(AppendQueueTest, GathersWhileRedisHasTwoTransactions) {
    submit("a");
    EXPECT_EQ(count_of("XADD", turn()), 1);
    submit("b");
    EXPECT_EQ(count_of("XADD", turn()), 1);
    submit("c");
    submit("d");
    EXPECT_FALSE(queue.is_due());
    EXPECT_EQ(turn(), "");
    // The reply frees a place: both leave in one, before `a` is answered.
    react = [](Request* request) {
        EXPECT_EQ(count_of("XADD", request->test->wire.written), 2);
        request->test->react = nullptr;
    };
    wire.feed(queued(1) + executed(3));
    EXPECT_EQ(take_answers(), "a accepted 7-1; ");
    EXPECT_EQ(react, nullptr);
}

TEST_F(AppendQueueTest, FullTransactionDoesNotWait) {
    submit("a");
    turn();
    submit("b");
    turn();
    for (int i = 0; i < 32; ++i)
        submit(std::to_string(i));
    EXPECT_TRUE(queue.is_due());
    const std::string sent = turn();
    EXPECT_EQ(count_of("MULTI", sent), 1);
    EXPECT_EQ(count_of("XADD", sent), 32);
    wire.feed(queued(1) + executed(3) + queued(1) + executed(3) + queued(32) + executed_all(32));
    EXPECT_EQ(count_of("accepted", take_answers()), 34);
}

TEST_F(AppendQueueTest, LargeEventsAndOtherStreamsTravelAlone) {
    submit("a");
    submit("large", std::string(store::max_shared_body + 1, 'x'));
    submit("b", "{}", &other);
    submit("c");
    const std::string sent = turn();
    EXPECT_EQ(count_of("MULTI", sent), 3);  // large; a and c; b
    EXPECT_EQ(count_of("XADD", sent), 4);
}

TEST_F(AppendQueueTest, WaitsForTheStartAndThenSends) {
    queue.set_mode(Mode::waiting);
    EXPECT_EQ(submit("a"), "");
    EXPECT_EQ(turn(), "");
    EXPECT_EQ(take_answers(), "");
    queue.set_mode(Mode::open);
    EXPECT_EQ(count_of("XADD", turn()), 1);
}

TEST_F(AppendQueueTest, LostConnectionAnswersSentAndGathered) {
    submit("a");
    turn();
    queue.set_mode(Mode::closed);
    submit("b");
    queue.refuse_gathered();
    EXPECT_EQ(take_answers(), "b unavailable (the connection to redis was lost); ");
    wire.lose();
    EXPECT_EQ(take_answers(), "a unavailable (the connection to redis was lost); ");
}

TEST_F(AppendQueueTest, ClosedRefusesWhatIsGatheredAtTheEndOfTheTurn) {
    submit("a");
    queue.set_mode(Mode::closed);
    EXPECT_EQ(turn(), "");
    EXPECT_EQ(take_answers(), "a unavailable (the connection to redis was lost); ");
}

TEST_F(AppendQueueTest, UnusableStreamIsRefusedAtOnceOrInItsTurn) {
    submit("a");
    submit("b", "{}", &other);
    stream.problem = "it has 4 partitions";
    EXPECT_EQ(submit("c"), "it has 4 partitions");
    EXPECT_EQ(count_of("XADD", turn()), 1);  // the other stream's
    EXPECT_EQ(take_answers(), "a unavailable (it has 4 partitions); ");
}

TEST_F(AppendQueueTest, BoundsTheBytesThatWait) {
    const std::string large(max_output / 2, 'x');
    EXPECT_EQ(submit("a", large), "");
    EXPECT_EQ(submit("b", large), "");
    EXPECT_EQ(submit("c"), "busy: too many bytes wait for redis");
    const std::string sent = turn();  // leaves for the socket, so that there is room again
    EXPECT_EQ(count_of("XADD", sent), 2);
    EXPECT_EQ(submit("d"), "");
    EXPECT_EQ(submit("e", std::string(max_output + 1, 'x')), "busy: too many bytes wait for redis");
}

TEST_F(AppendQueueTest, RequestThatEndsIsSentButNotAnswered) {
    submit("a");
    turn();
    submit("b");
    turn();
    submit("c");
    PendingAppend* const waiting = requests.back().append;
    EXPECT_EQ(turn(), "");
    queue.let_go(waiting);  // its event ends with it: it is sent out of turn
    EXPECT_EQ(count_of("XADD", wire.take_written()), 1);
    wire.feed(queued(1) + executed(3) + queued(1) + executed(3) + queued(1) + executed(3));
    EXPECT_EQ(take_answers(), "a accepted 7-1; b accepted 7-1; ");
}

TEST_F(AppendQueueTest, RequestThatEndsBeforeTheStartIsNotSent) {
    queue.set_mode(Mode::waiting);
    submit("a");
    queue.let_go(requests.back().append);
    queue.set_mode(Mode::open);
    EXPECT_EQ(turn(), "");
    EXPECT_EQ(take_answers(), "");
    EXPECT_FALSE(queue.has_gathered());
}

TEST_F(AppendQueueTest, AnswerMaySubmitTheNext) {
    submit("a");
    stream.problem = "unusable";
    react = [](Request* request) {
        request->test->react = nullptr;
        request->test->submit("b", "{}", &request->test->other);
    };
    EXPECT_EQ(turn(), "");
    EXPECT_EQ(take_answers(), "a unavailable (unusable); ");
    EXPECT_EQ(count_of("XADD", turn()), 1);  // b is not lost
}

TEST_F(AppendQueueTest, RefusalIsToldOncePerStreamUntilItSucceeds) {
    const auto refuse = [&] {
        submit("a");
        turn();
        wire.feed("+OK\r\n-OOM command not allowed\r\n+QUEUED\r\n-EXECABORT discarded\r\n");
    };
    refuse();
    refuse();
    EXPECT_EQ(take_answers(),
              "a unavailable (OOM command not allowed); a unavailable (OOM command not allowed); ");
    EXPECT_EQ(std::exchange(told, {}), "refused s: OOM command not allowed; ");
    submit("b");
    turn();
    wire.feed(queued(1) + executed(3));
    refuse();
    EXPECT_EQ(told, "refused s: OOM command not allowed; ");
}

TEST_F(AppendQueueTest, ServerErrorEndsTheConnection) {
    submit("a");
    turn();
    wire.feed("-LOADING\r\n-LOADING\r\n-LOADING\r\n-LOADING Redis is loading\r\n");
    EXPECT_EQ(told, "fail: LOADING; ");
    EXPECT_EQ(take_answers(), "a unavailable (LOADING); ");
}

TEST_F(AppendQueueTest, WrongPartitionsAreTold) {
    submit("a");
    turn();
    wire.feed(queued(1) + executed(-4));
    EXPECT_EQ(told, "wrong partitions; ");
    EXPECT_EQ(take_answers(), "a unavailable (the stream has another number of partitions); ");
}

TEST_F(AppendQueueTest, EntryOfABrokenReplyIsTakenBackBeforeTheAnswer) {
    submit("a");
    turn();
    wire.feed(queued(1) + "*2\r\n$3\r\n7-1\r\n$4\r\nwhat\r\n");
    EXPECT_EQ(told, "broken s: unexpected reply of the step; ");
    EXPECT_EQ(take_answers(), "");
    EXPECT_NE(wire.take_written().find("7-1"), std::string::npos);
    wire.feed(":1\r\n");
    EXPECT_EQ(take_answers(), "a unavailable (redis gave a broken reply); ");
    EXPECT_EQ(count_of("undo lost", told), 0);
}

TEST_F(AppendQueueTest, EntryThatCannotBeTakenBackIsTold) {
    submit("a");
    turn();
    wire.feed(queued(1) + "*2\r\n$3\r\n7-1\r\n$4\r\nwhat\r\n");
    wire.lose();
    EXPECT_EQ(told, "broken s: unexpected reply of the step; undo lost: 7-1; ");
    EXPECT_EQ(take_answers(), "a unavailable (redis gave a broken reply); ");
}

TEST_F(AppendQueueTest, UnreadableReplyWithoutEntryIsAnsweredAtOnce) {
    submit("a");
    turn();
    wire.feed(queued(1) + ":5\r\n");
    EXPECT_EQ(told, "broken s: unexpected reply to EXEC; ");
    EXPECT_EQ(take_answers(), "a unavailable (redis gave a broken reply); ");
}

TEST(PendingAppends, BoundsAndReusesThem) {
    PendingAppends& all = pending_appends();
    OwnedAppend first = all.take(1);
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(all.take(1), nullptr);
    first->owner = &all;
    PendingAppend* const memory = first.get();
    first.reset();
    EXPECT_EQ(all.under_way(), 0u);
    first = all.take(1);
    EXPECT_EQ(first.get(), memory);
    EXPECT_EQ(first->owner, nullptr);
}

}  // namespace
}  // namespace webhook::module
