#include "worker/dispatcher.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "worker/partition.hpp"
#include "worker/records.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto slow_after = 1000ms;

}  // namespace

Dispatcher::Dispatcher(asio::any_io_executor executor, std::shared_ptr<AttemptSender> sender,
                       unsigned max_inflight)
    : executor_(std::move(executor)),
      sender_(std::move(sender)),
      limit_(max_inflight),
      random_(std::random_device{}()) {}

void Dispatcher::submit(const DeliveryPtr& delivery) {
    const EndpointPtr endpoint = delivery->endpoint;
    if (endpoint->gone()) return end_unsent(delivery);
    if (endpoint->document.paused && delivery->recorded) return hand_back(delivery);
    delivery->state = Delivery::State::queued;
    endpoint->queue.push_back(delivery);
    ++endpoint->queued;
    pump(endpoint);
}

/// Ends a delivery whose endpoint was deleted or disabled before it could be sent.
void Dispatcher::end_unsent(const DeliveryPtr& delivery) {
    delivery->cancelled = delivery->endpoint->deleted;
    delivery->decision = {Decision::Kind::dead, {}, "disabled", false};
    delivery->partition->ended(delivery);
}

/// Returns a claimed delivery of a paused endpoint: it waits in Redis again.
void Dispatcher::hand_back(const DeliveryPtr& delivery) {
    delivery->decision = not_attempted;
    delivery->partition->ended(delivery);
}

/// Counts the global places taken: troubled endpoints take at most their quarter.
unsigned Dispatcher::places_taken() const {
    const unsigned taken = running_ - troubled_running_ + std::min(troubled_running_, limit_ / 4);
    return running_ < 2 * limit_ ? taken : limit_;
}

bool Dispatcher::place_free(const Endpoint& endpoint) const {
    return places_taken() < limit_ && (!endpoint.troubled() || troubled_running_ < limit_ / 4);
}

unsigned Dispatcher::places(const Endpoint& endpoint) const {
    const unsigned own = endpoint.limit() > endpoint.taken() ? endpoint.limit() - endpoint.taken() : 0;
    const unsigned global = limit_ > places_taken() ? limit_ - places_taken() : 0;
    const unsigned troubled = limit_ / 4 > troubled_running_ ? limit_ / 4 - troubled_running_ : 0;
    return std::min({own, global, endpoint.troubled() ? troubled : global});
}

/// Takes the next delivery that may start out of the queue; nullptr: there is none.
DeliveryPtr Dispatcher::take(Endpoint* endpoint) {
    while (!endpoint->queue.empty()) {
        DeliveryPtr delivery = std::move(endpoint->queue.front());
        endpoint->queue.pop_front();
        if (delivery->state != Delivery::State::queued) continue;
        --endpoint->queued;
        if (delivery->partition->lost()) continue;
        return delivery;
    }
    return nullptr;
}

void Dispatcher::pump(const EndpointPtr& endpoint) {
    while (endpoint->queued > 0 && endpoint->running < endpoint->limit()) {
        if (!place_free(*endpoint)) {
            if (!std::exchange(endpoint->wants_place, true)) line_.push_back(endpoint);
            return;
        }
        const DeliveryPtr delivery = take(endpoint.get());
        if (!delivery) return;
        start(endpoint, delivery);
        asio::co_spawn(executor_, run(endpoint, delivery), asio::detached);
    }
}

void Dispatcher::start(const EndpointPtr& endpoint, const DeliveryPtr& delivery) {
    delivery->state = Delivery::State::running;
    delivery->started = Clock::now();
    if (endpoint->running++ == 0) endpoint->last_progress = delivery->started;
    ++running_;
    if (endpoint->troubled()) ++troubled_running_;
}

/// Keeps the sender until the attempt has ended: a reload replaces it meanwhile.
asio::awaitable<Attempt> Dispatcher::make_attempt(const Endpoint& endpoint, const Delivery& delivery) {
    const std::shared_ptr<AttemptSender> sender = sender_;
    co_return co_await sender->attempt(
        endpoint.prepared, delivery.event,
        {delivery.made_ms != 0 ? delivery.made_ms : delivery.created_ms, delivery.attempts + 1});
}

asio::awaitable<void> Dispatcher::run(EndpointPtr endpoint, DeliveryPtr delivery) {
    while (delivery) {
        const Attempt attempt = co_await make_attempt(*endpoint, *delivery);
        finish(endpoint, delivery, attempt);
        delivery.reset();
        if (endpoint->running + 1 < endpoint->limit() && endpoint->queued > 1) pump(endpoint);
        if (line_.empty() && endpoint->running < endpoint->limit() && place_free(*endpoint)) {
            delivery = take(endpoint.get());
            if (delivery) start(endpoint, delivery);
        }
    }
    serve_line();
    pump(endpoint);
}

void Dispatcher::serve_line() {
    for (std::size_t n = line_.size(); n > 0 && places_taken() < limit_; --n) {
        const auto endpoint = line_.front().lock();
        line_.pop_front();
        if (!endpoint) continue;
        endpoint->wants_place = false;
        pump(endpoint);
    }
}

void Dispatcher::finish(const EndpointPtr& endpoint, const DeliveryPtr& delivery, const Attempt& attempt) {
    --endpoint->running;
    --running_;
    if (endpoint->troubled()) --troubled_running_;
    const bool stopped = stopping_ && attempt.result == Attempt::Result::failed && attempt.error == "stopped";
    delivery->decision =
        stopped ? not_attempted : decide(attempt, delivery->attempts, endpoint->document, &random_);
    if (delivery->decision.counts) {
        ++delivery->attempts;
        delivery->status = attempt.status;
        delivery->error = attempt.error;
        delivery->partition->log_attempt(attempt_json(*delivery, attempt));
        judge(endpoint, attempt);
    }
    if (endpoint->deleted && delivery->decision.kind != Decision::Kind::delivered) delivery->cancelled = true;
    const bool claimed = delivery->recorded;
    delivery->partition->ended(delivery);
    if (claimed && on_place) on_place(delivery);
}

void Dispatcher::judge(const EndpointPtr& endpoint, const Attempt& attempt) {
    const bool before = endpoint->troubled();
    endpoint->last_progress = Clock::now();
    if (attempt.status != 0 || attempt.took < slow_after) {
        endpoint->allowance = std::min(endpoint->allowance * 2, std::max(1u, endpoint->document.concurrency));
    }
    if (attempt.result == Attempt::Result::delivered) {
        endpoint->failures = 0;
        endpoint->slow = false;
    } else if (attempt.result == Attempt::Result::failed) {
        ++endpoint->failures;
    }
    update_trouble(endpoint.get(), before);
    if (attempt.disable && on_gone) {
        on_gone(endpoint, attempt.status == 410 ? "the receiver answered 410" : "the receiver asked for it");
    }
}

/// Corrects the number of running attempts of troubled endpoints when one becomes troubled or recovers.
void Dispatcher::update_trouble(Endpoint* endpoint, bool before) {
    const bool now = endpoint->troubled();
    if (now == before) return;
    if (now) {
        troubled_running_ += endpoint->running;
    } else {
        troubled_running_ -= std::min(troubled_running_, endpoint->running);
    }
    if (on_health) on_health(*endpoint);
}

void Dispatcher::check_health(Endpoint* endpoint, SteadyTime now) {
    const bool before = endpoint->troubled();
    if (endpoint->running > 0 && now - endpoint->last_progress > slow_after) endpoint->slow = true;
    if (endpoint->behind && !endpoint->more_due && endpoint->taken() < endpoint->limit()) {
        endpoint->behind = false;
    }
    update_trouble(endpoint, before);
}

void Dispatcher::set_behind(Endpoint* endpoint) {
    const bool before = endpoint->troubled();
    endpoint->behind = endpoint->more_due = true;  // until a claim says otherwise
    update_trouble(endpoint, before);
}

void Dispatcher::set_problem(Endpoint* endpoint, const std::string& problem) {
    const bool before = endpoint->troubled();
    endpoint->problem = problem;
    update_trouble(endpoint, before);
}

/// Returns claimed deliveries. New ones stay queued: they are recorded in Redis when their events are
/// settled.
void Dispatcher::hand_back_claimed(Endpoint* endpoint) {
    std::erase_if(endpoint->queue, [&](const DeliveryPtr& delivery) {
        if (!delivery->recorded || delivery->state != Delivery::State::queued) return false;
        --endpoint->queued;
        hand_back(delivery);
        return true;
    });
}

void Dispatcher::changed(const EndpointPtr& endpoint) {
    if (endpoint->gone()) {
        while (const DeliveryPtr delivery = take(endpoint.get()))
            end_unsent(delivery);
    }
    if (endpoint->document.paused) hand_back_claimed(endpoint.get());
    pump(endpoint);
}

}  // namespace webhook::worker
