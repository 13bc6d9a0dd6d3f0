// How the dispatcher runs attempts: its limits, a change of the sender, and what becomes of deliveries.

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
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
        running_.front()->notify();
        running_.erase(running_.begin());
    }
    std::size_t running() const { return running_.size(); }

    std::vector<std::string> entries;  ///< of the events of all attempts, in order

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
        endpoint->document.schedule = {std::chrono::seconds(1)};
        endpoint->document.jitter = 0;
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
    EXPECT_EQ(delivery->decision.delay, std::chrono::seconds(1));
    EXPECT_EQ(delivery->attempts, 1u);
    EXPECT_EQ(delivery->status, 500);

    dispatcher.begin_stop();
    const auto stopped = submit("1-1");
    end_one(Attempt::Result::failed, 0, "stopped");
    EXPECT_EQ(stopped->decision.kind, Decision::Kind::retry);
    EXPECT_FALSE(stopped->decision.counts);
    EXPECT_EQ(stopped->attempts, 0u);
}

TEST_F(DispatcherTest, ADisabledEndpointGetsNoAttempt) {
    endpoint->disabled = true;
    const auto delivery = submit("1-0");
    EXPECT_TRUE(sender->entries.empty());
    EXPECT_EQ(delivery->decision.kind, Decision::Kind::dead);
    EXPECT_STREQ(delivery->decision.reason, "disabled");
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
