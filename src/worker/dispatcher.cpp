#include "worker/dispatcher.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "base/time.hpp"
#include "worker/partition.hpp"
#include "worker/records.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto slow_after = 1000ms;
constexpr auto clock_error = 10ms;  // of what is known of Redis' clock: what is due then has expired

}  // namespace

Dispatcher::Dispatcher(asio::any_io_executor executor, std::shared_ptr<AttemptSender> sender,
                       unsigned max_inflight)
    : executor_(std::move(executor)),
      sender_(std::move(sender)),
      limit_(max_inflight),
      random_(std::random_device{}()) {}

void Dispatcher::submit(const DeliveryPtr& delivery) {
    const EndpointPtr endpoint = delivery->endpoint;
    if (endpoint->deleted) return end_unsent(delivery);
    if (endpoint->closed() && delivery->recorded) return hand_back(delivery);
    const auto now = Clock::now();
    if (const auto max_age = endpoint->document.max_age; max_age.count() != 0) {
        const std::int64_t born = delivery->created_ms;  // 0: it is created by what happens to it now
        const std::chrono::milliseconds age(born == 0 ? 0 : clock.now_ms(now) - born);
        delivery->expires = now + (max_age - age) - (born == 0 ? 0ms : clock_error);
    }
    delivery->state = Delivery::State::queued;
    ++endpoint->queued;
    if (!delivery->lane.empty() && !endpoint->lanes.enter(delivery)) return;
    endpoint->queue.push_back(delivery);
    pump(endpoint);
}

/// Ends a delivery that had its turn.
void Dispatcher::end(const DeliveryPtr& delivery) {
    delivery->partition->ended(delivery);
    if (!delivery->lane.empty()) leave_lane(delivery);
}

/// Gives the turn to the next delivery of the lane. If this one must be sent later, or was recorded to wait,
/// those behind it wait in Redis, too, and so do later events.
void Dispatcher::leave_lane(const DeliveryPtr& delivery) {
    Endpoint& endpoint = *delivery->endpoint;
    const bool over =
        delivery->state == Delivery::State::ended && delivery->decision.kind != Decision::Kind::retry;
    if (over || delivery->cancelled) {
        if (DeliveryPtr next = endpoint.lanes.next(*delivery)) endpoint.queue.push_back(std::move(next));
        return;
    }
    delivery->partition->order_waits(delivery->endpoint_id);
    for (const DeliveryPtr& behind : endpoint.lanes.remove(*delivery)) {
        if (behind->state != Delivery::State::queued) continue;
        --endpoint.queued;
        behind->decision = not_attempted;
        behind->partition->ended(behind);
    }
}

/// Ends a delivery whose endpoint was deleted before it could be sent.
void Dispatcher::end_unsent(const DeliveryPtr& delivery) {
    delivery->cancelled = true;
    delivery->decision = not_attempted;
    end(delivery);
}

/// Returns a claimed delivery of a paused or disabled endpoint: it waits in Redis again.
void Dispatcher::hand_back(const DeliveryPtr& delivery) {
    delivery->decision = not_attempted;
    end(delivery);
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

/// Drops what cannot be sent from the head of the queue. Returns whether a delivery is left.
bool Dispatcher::has_queued(Endpoint* endpoint) {
    const auto now = Clock::now();
    while (!endpoint->queue.empty()) {
        const DeliveryPtr delivery = endpoint->queue.front();
        const bool queued = delivery->state == Delivery::State::queued;
        const bool lost = delivery->partition->lost();
        if (queued && !lost && now < delivery->expires) return true;
        endpoint->queue.pop_front();
        if (queued) --endpoint->queued;
        if (queued && !lost) {
            delivery->decision = expired;
            end(delivery);
        } else if (!delivery->lane.empty()) {
            leave_lane(delivery);
        }
    }
    return false;
}

/// Takes the next delivery out of the queue; nullptr: there is none.
DeliveryPtr Dispatcher::take(Endpoint* endpoint) {
    if (!has_queued(endpoint)) return nullptr;
    DeliveryPtr delivery = std::move(endpoint->queue.front());
    endpoint->queue.pop_front();
    --endpoint->queued;
    return delivery;
}

/// Returns whether an attempt may start now, and takes the turn for it if the endpoint has a rate. Otherwise
/// somebody is told who continues the endpoint as soon as one may.
bool Dispatcher::may_start(const EndpointPtr& endpoint) {
    if (endpoint->running >= endpoint->limit() || !has_queued(endpoint.get())) return false;
    if (!place_free(*endpoint)) {
        if (!std::exchange(endpoint->wants_place, true)) line_.push_back(endpoint);
        return false;
    }
    const bool leased = !shared_ || endpoint->running < endpoint->leased;
    if (leased && (!endpoint->document.rate || endpoint->pace.take(Clock::now()))) return true;
    if (on_starved) on_starved(endpoint);
    return false;
}

void Dispatcher::pump(const EndpointPtr& endpoint) {
    while (may_start(endpoint)) {
        const DeliveryPtr delivery = take(endpoint.get());
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
    for (bool more = true; more;) {
        const Attempt attempt = co_await make_attempt(*endpoint, *delivery);
        finish(endpoint, delivery, attempt);
        delivery.reset();
        if (!line_.empty()) break;
        if (endpoint->running + 1 < endpoint->limit() && endpoint->queued > 1) pump(endpoint);
        more = may_start(endpoint);
        if (more) delivery = take(endpoint.get());
        if (more) start(endpoint, delivery);
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
        stopped ? not_attempted : decide(attempt, history_of(*delivery), endpoint->document, &random_);
    if (delivery->decision.made) note_attempt(endpoint, delivery, attempt);
    if (endpoint->deleted && delivery->decision.kind != Decision::Kind::delivered) delivery->cancelled = true;
    end(delivery);
    if (endpoint->pressed) endpoint->leased = std::min(endpoint->leased, endpoint->running);
    if (!endpoint->due_in.empty() && on_place) on_place(endpoint);
}

/// Records an attempt that was made, and what it says about the endpoint.
void Dispatcher::note_attempt(const EndpointPtr& endpoint, const DeliveryPtr& delivery,
                              const Attempt& attempt) {
    ++(delivery->decision.spends ? delivery->attempts : delivery->refusals);
    delivery->status = attempt.status;
    delivery->error = attempt.error;
    delivery->partition->log_attempt(attempt_json(*delivery, attempt));
    judge(endpoint, attempt, delivery->decision.refused);
    if (on_answer) on_answer(endpoint, attempt);
    // It is due at once, so that it goes out whenever the hold ends.
    if (delivery->decision.refused && endpoint->hold.active) delivery->decision.delay = {};
}

History Dispatcher::history_of(const Delivery& delivery) const {
    History history{delivery.attempts, delivery.refusals, std::chrono::milliseconds::max()};
    if (delivery.expires == SteadyTime::max()) return history;
    if (!delivery.recorded) {  // it is created when its outcome is settled
        history.left = delivery.endpoint->document.max_age;
        return history;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(delivery.expires - Clock::now());
    history.left = std::max(left, std::chrono::milliseconds(0));
    return history;
}

void Dispatcher::judge(const EndpointPtr& endpoint, const Attempt& attempt, bool refused) {
    const bool before = endpoint->troubled();
    endpoint->last_progress = Clock::now();
    if (attempt.status == 429 || attempt.status == 503) {
        endpoint->allowance.refused();
    } else if (attempt.status != 0 || attempt.took < slow_after) {
        endpoint->allowance.answered(endpoint->document.concurrency);
    }
    if (attempt.result == Attempt::Result::delivered) {
        endpoint->failures = 0;
        endpoint->slow = false;
        endpoint->hold.in_a_row = 0;
        endpoint->last_success_ms = base::now_ms();
    } else if (attempt.result == Attempt::Result::failed && !refused) {
        ++endpoint->failures;
    }
    if (attempt.result != Attempt::Result::delivered) {
        endpoint->last_error_ms = base::now_ms();
        endpoint->last_error = attempt.error;
    }
    update_trouble(endpoint.get(), before);
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

void Dispatcher::set_open(Endpoint* endpoint, bool open) {
    const bool before = endpoint->troubled();
    endpoint->hold.open = open;
    update_trouble(endpoint, before);
}

/// Returns claimed deliveries. New ones stay queued: they are recorded in Redis when their events are
/// settled.
void Dispatcher::hand_back_claimed(Endpoint* endpoint) {
    std::deque<DeliveryPtr> queue;
    std::swap(queue, endpoint->queue);
    for (const DeliveryPtr& delivery : queue) {
        if (!delivery->recorded || delivery->state != Delivery::State::queued) {
            endpoint->queue.push_back(delivery);
        } else {
            --endpoint->queued;
            hand_back(delivery);
        }
    }
}

void Dispatcher::changed(const EndpointPtr& endpoint) {
    if (endpoint->deleted) {
        while (const DeliveryPtr delivery = take(endpoint.get()))
            end_unsent(delivery);
    }
    if (endpoint->closed()) hand_back_claimed(endpoint.get());
    pump(endpoint);
}

}  // namespace webhook::worker
