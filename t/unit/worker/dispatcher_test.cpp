// How the dispatcher runs attempts: its limits, a change of the sender, and what becomes of deliveries.

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <optional>
#include <vector>

#include "link/wakeup.hpp"
#include "worker/dispatcher.hpp"
#include "worker/partition.hpp"

namespace webhook::worker {
namespace {

namespace asio = boost::asio;

/// Keeps attempts waiting until the test lets one end.
class ScriptedSender final : public AttemptSender {
  public:
    explicit ScriptedSender(asio::any_io_executor executor, std::function<void()> destroyed = {})
        : executor_(std::move(executor)), destroyed_(std::move(destroyed)) {}
    ~ScriptedSender() {
        if (destroyed_) destroyed_();
    }
    ScriptedSender(const ScriptedSender&) = delete;
    ScriptedSender& operator=(const ScriptedSender&) = delete;

    asio::awaitable<Attempt> attempt(std::shared_ptr<const PreparedEndpoint> /*endpoint*/,
                                     std::shared_ptr<const Event> event,
                                     endpoint::DeliveryFacts /*facts*/) override {
        entries.push_back(event->entry);
        link::Wakeup done(executor_);
        running_.push_back(&done);
        co_await done.wait_until(SteadyTime::max());
        co_return result_;
    }

    void end_one(Attempt::Result result, int status, const std::string& error = "") {
        result_ = {};
        result_.result = result;
        result_.status = status;
        result_.error = error;
        result_.retry_after = retry_after;
        running_.front()->notify();
        running_.erase(running_.begin());
    }
    std::size_t running() const { return running_.size(); }

    std::optional<std::chrono::milliseconds> retry_after;  ///< of the next answers
    std::vector<std::string> entries;                      ///< of the events of all attempts, in order

  private:
    asio::any_io_executor executor_;
    std::function<void()> destroyed_;
    std::vector<link::Wakeup*> running_;
    Attempt result_;
};

class DispatcherTest : public testing::Test {
  protected:
    DispatcherTest() {
        endpoint->document.id = "e";
        endpoint->document.concurrency = 4;
        endpoint->document.schedule = {std::chrono::seconds(8)};
        endpoint->document.jitter = 0;
        endpoint->document.max_age = std::chrono::milliseconds(0);
    }

    ~DispatcherTest() override {  // deliveries refer to both
        endpoint->queue.clear();
        partition->lose();
    }

    DeliveryPtr submit(const std::string& entry) {
        auto delivery = partition->make_delivery(endpoint, partition->make_event(entry), 1);
        dispatcher.submit(delivery);
        settle();
        return delivery;
    }
    void end_one(Attempt::Result result, int status, const std::string& error = "") {
        sender->end_one(result, status, error);
        settle();
    }
    /// Runs everything that can run now.
    void settle() {
        io.restart();
        while (io.poll() != 0) {
        }
    }

    asio::io_context io{1};
    std::shared_ptr<ScriptedSender> sender = std::make_shared<ScriptedSender>(io.get_executor());
    Dispatcher dispatcher{io.get_executor(), sender, 16};
    EndpointPtr endpoint = std::make_shared<Endpoint>();
    std::shared_ptr<OwnedPartition> partition = std::make_shared<OwnedPartition>(
        io.get_executor(), PartitionName{"events", 0}, store::Ownership{}, EntryId{});
};

TEST_F(DispatcherTest, AllowanceDoublesUpToTheConcurrency) {
    for (int i = 0; i < 20; ++i)
        submit("1-" + std::to_string(i));
    std::vector<std::size_t> running;
    for (int i = 0; i < 4; ++i) {
        running.push_back(sender->running());
        end_one(Attempt::Result::delivered, 200);
    }
    EXPECT_EQ(running, (std::vector<std::size_t>{1, 2, 4, 4}));
    EXPECT_EQ(dispatcher.running(), 4u);
    EXPECT_EQ(sender->entries.size(), 8u);
    EXPECT_EQ(sender->entries[0], "1-0");
    EXPECT_EQ(sender->entries[7], "1-7");
    while (sender->running() > 0)
        end_one(Attempt::Result::delivered, 200);
    EXPECT_EQ(sender->entries.size(), 20u);
    EXPECT_EQ(dispatcher.running(), 0u);
}

TEST_F(DispatcherTest, ARunningAttemptKeepsTheReplacedSender) {
    bool destroyed = false;
    sender = std::make_shared<ScriptedSender>(io.get_executor(), [&destroyed] { destroyed = true; });
    dispatcher.set_sender(sender);
    const auto first = submit("1-0"), second = submit("1-1");
    ScriptedSender& former = *sender;
    sender = std::make_shared<ScriptedSender>(io.get_executor());
    dispatcher.set_sender(sender);
    EXPECT_FALSE(destroyed);
    former.end_one(Attempt::Result::delivered, 200);
    settle();
    EXPECT_TRUE(destroyed);
    EXPECT_EQ(first->state, Delivery::State::ended);
    EXPECT_EQ(sender->entries, std::vector<std::string>{"1-1"});
    EXPECT_EQ(second->state, Delivery::State::running);
    end_one(Attempt::Result::delivered, 200);
}

TEST_F(DispatcherTest, ResultsBecomeDecisions) {
    const auto delivery = submit("1-0");
    end_one(Attempt::Result::failed, 500, "status 500");
    EXPECT_EQ(delivery->decision.kind, Decision::Kind::retry);
    EXPECT_EQ(delivery->decision.delay, std::chrono::seconds(8));
    EXPECT_EQ(delivery->attempts, 1u);
    EXPECT_EQ(delivery->status, 500);

    dispatcher.begin_stop();
    const auto stopped = submit("1-1");
    end_one(Attempt::Result::failed, 0, "stopped");
    EXPECT_EQ(stopped->decision.kind, Decision::Kind::retry);
    EXPECT_FALSE(stopped->decision.made);
    EXPECT_EQ(stopped->attempts, 0u);
}

TEST_F(DispatcherTest, ADisabledEndpointGetsNoAttempt) {
    endpoint->disabled = true;
    const auto fresh = submit("1-0");
    EXPECT_TRUE(sender->entries.empty());
    EXPECT_EQ(fresh->state, Delivery::State::queued) << "it is recorded when its event is settled";
    endpoint->disabled = false;
    dispatcher.changed(endpoint);
    settle();
    EXPECT_EQ(sender->entries.size(), 1u);
    end_one(Attempt::Result::delivered, 200);
}

TEST_F(DispatcherTest, ADeliveryExpiresBeforeItsAttempt) {
    dispatcher.clock.note(1000000, Clock::now());
    endpoint->document.max_age = std::chrono::seconds(10);
    const auto claimed = [this](const std::string& entry, std::int64_t created) {
        auto delivery = partition->make_delivery(endpoint, partition->make_event(entry), 1);
        delivery->recorded = true;
        delivery->id = entry + "/e";
        delivery->created_ms = created;
        dispatcher.submit(delivery);
        settle();
        return delivery;
    };
    const auto old = claimed("1-0", 989999), young = claimed("2-0", 995000);
    EXPECT_EQ(old->state, Delivery::State::ended);
    EXPECT_STREQ(old->decision.reason, "expired");
    EXPECT_EQ(sender->entries, std::vector<std::string>{"2-0"});
    end_one(Attempt::Result::failed, 500);
    EXPECT_LE(young->decision.delay, std::chrono::seconds(5)) << "due at the latest when it expires";
    submit("3-0");
    EXPECT_EQ(sender->running(), 1u) << "an old event that was not routed yet";
    end_one(Attempt::Result::delivered, 200);
}

TEST_F(DispatcherTest, ABusyAnswerSetsTheAllowanceToOne) {
    for (int i = 0; i < 12; ++i)
        submit("1-" + std::to_string(i));
    end_one(Attempt::Result::delivered, 200);
    end_one(Attempt::Result::delivered, 200);
    EXPECT_EQ(sender->running(), 4u);
    end_one(Attempt::Result::failed, 429);
    EXPECT_EQ(sender->running(), 3u) << "none is started until one is left";
    end_one(Attempt::Result::failed, 503);
    end_one(Attempt::Result::failed, 503);
    EXPECT_EQ(sender->running(), 1u);
    end_one(Attempt::Result::delivered, 200);
    EXPECT_EQ(sender->running(), 2u);
    while (sender->running() > 0)
        end_one(Attempt::Result::delivered, 200);
}

TEST_F(DispatcherTest, AHeldEndpointKeepsItsQueue) {
    dispatcher.on_answer = [](const EndpointPtr& refused, const Attempt& attempt) {
        if (attempt.status != 429) return;
        refused->hold.active = true;
        refused->hold.until = Clock::now() + std::chrono::minutes(1);
    };
    const auto first = submit("1-0"), second = submit("1-1");
    sender->retry_after = std::chrono::seconds(2);
    end_one(Attempt::Result::failed, 429);
    EXPECT_EQ(first->decision.delay, std::chrono::seconds(0)) << "due whenever the hold ends";
    EXPECT_EQ(first->attempts, 0u);
    EXPECT_EQ(first->refusals, 1u);
    EXPECT_EQ(second->state, Delivery::State::queued);
    EXPECT_FALSE(endpoint->troubled());
    endpoint->hold.active = false;
    dispatcher.changed(endpoint);
    settle();
    EXPECT_EQ(second->state, Delivery::State::running);
    sender->retry_after.reset();
    end_one(Attempt::Result::delivered, 200);
}

TEST_F(DispatcherTest, ARateNeedsSlotsAndLeasedPlaces) {
    endpoint->document.rate = endpoint::Rate{};
    for (int i = 0; i < 2; ++i)
        endpoint->allowance.answered(4);
    unsigned starved = 0;
    dispatcher.on_starved = [&starved](const EndpointPtr&) { ++starved; };
    for (int i = 0; i < 3; ++i)
        submit("1-" + std::to_string(i));
    EXPECT_EQ(sender->running(), 0u);
    EXPECT_EQ(starved, 3u);
    endpoint->pace.grant(Clock::now(), Clock::now(), std::chrono::nanoseconds(1), 2);
    dispatcher.changed(endpoint);
    settle();
    EXPECT_EQ(sender->running(), 2u);
    dispatcher.set_shared(true);
    endpoint->leased = 2;
    endpoint->pace.grant(Clock::now(), Clock::now(), std::chrono::nanoseconds(1), 2);
    dispatcher.changed(endpoint);
    settle();
    EXPECT_EQ(sender->running(), 2u);
    endpoint->pressed = true;
    end_one(Attempt::Result::delivered, 200);
    EXPECT_EQ(endpoint->leased, 1u) << "a free place goes back";
    EXPECT_EQ(sender->running(), 1u);
    end_one(Attempt::Result::delivered, 200);
}

TEST_F(DispatcherTest, FailuresMakeAnEndpointTroubled) {
    std::vector<bool> reported;
    dispatcher.on_health = [&reported](const Endpoint& changed) { reported.push_back(changed.troubled()); };
    for (unsigned i = 0; i < trouble_failures; ++i) {
        EXPECT_FALSE(endpoint->troubled());
        submit("1-" + std::to_string(i));
        end_one(Attempt::Result::failed, 500);
    }
    EXPECT_TRUE(endpoint->failing());
    EXPECT_EQ(dispatcher.places(*endpoint), 4u);  // a quarter of 16
    submit("1-9");
    end_one(Attempt::Result::delivered, 200);
    EXPECT_EQ(reported, (std::vector<bool>{true, false}));
}

}  // namespace
}  // namespace webhook::worker
