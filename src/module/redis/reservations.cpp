#include "module/redis/reservations.hpp"

#include <openssl/rand.h>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "module/ngx/pool.hpp"
#include "module/ngx/queue.hpp"
#include "store/reply.hpp"

namespace webhook::module {

namespace {

using Step = Reservation::Step;
using State = Reserved::State;

constexpr ngx_msec_t renew_interval = store::reservation_time.count() / 3, renew_tick = 1000;
constexpr ngx_msec_t retry_interval = 200;
constexpr ngx_msec_t confirm_time =
    600000;  // later than any lease: a copy may have passed by then, a third need not
constexpr ngx_msec_t release_time = store::reservation_time.count();  // then it has run out
constexpr ngx_msec_t exit_patience = 10000;
constexpr ngx_uint_t max_waiting = 10000;

bool is_past(ngx_msec_t time) {
    return static_cast<ngx_msec_int_t>(ngx_current_msec - time) >= 0;
}

/// True while a worker that exits waits until Redis has confirmed it.
bool keeps_worker(const Reservation& reservation) {
    return reservation.step == Step::confirming &&
           !is_past(reservation.deadline - confirm_time + exit_patience);
}

std::string_view error_of(const redisReply* reply) {
    return reply->type == REDIS_REPLY_ERROR ? store::text(*reply) : "redis gave a broken reply";
}

bool is_no_script(const redisReply* reply) {
    return reply->type == REDIS_REPLY_ERROR && error_of(reply).substr(0, 8) == "NOSCRIPT";
}

void set_timer(ngx_event_t* timer, ngx_msec_t delay) {
    if (!timer->timer_set) ngx_add_timer(timer, delay);
}

void ignore(RedisClient::Command*, const redisReply*) {}

store::Call call_of(const Reservation& reservation) {
    switch (reservation.step) {
        case Step::confirming:
            return reservation.gate->confirm(reservation.claim);
        case Step::releasing:
            return reservation.gate->release(reservation.claim);
        case Step::held:
            return reservation.gate->renew(reservation.claim);
        case Step::asking:
            break;
    }
    return reservation.gate->reserve(reservation.claim);
}

static_assert(std::is_standard_layout_v<Reservation>);

}  // namespace

Reservations::Reservations(RedisServer* server, ngx_log_t* log) : server_(server), log_(log) {
    for (ngx_queue_t* queue : {&sent_, &held_, &waiting_}) {
        ngx_queue_init(queue);  // several statements
    }
    if (RAND_bytes(reinterpret_cast<unsigned char*>(token_head_.data()), token_head_.size()) != 1) {
        throw std::runtime_error("no random bytes");
    }
    retry_timer_.set_up<&Reservations::on_retry_timer>(this, log);
    renew_timer_.set_up<&Reservations::on_renew_timer>(this, log);
    retry_timer_.cancelable = 1;
    renew_timer_.cancelable = 1;
}

Reservations::~Reservations() {
    while (!ngx_queue_empty(&waiting_))
        give_up(take_first<Reservation>(&waiting_));
    for (ngx_queue_t* queue : {&sent_, &held_}) {
        while (!ngx_queue_empty(queue))
            delete take_first<Reservation>(queue);
    }
}

Reservation* Reservations::reserve(const store::Reserver& gate, std::string_view partition_value,
                                   const store::Identity& identity, ngx_uint_t limit, void* owner,
                                   Reservation::Done done, Reserved* refused) {
    if (asking_ >= limit) {
        *refused = {State::busy, "too many requests wait for redis"};
        return nullptr;
    }
    auto reservation = std::make_unique<Reservation>();
    std::array<char, 16> token{};
    std::memcpy(token.data(), token_head_.data(), token_head_.size());
    std::memcpy(token.data() + token_head_.size(), &++tokens_, sizeof tokens_);
    reservation->command.done = [](RedisClient::Command* command, const redisReply* reply) {
        auto* mine = reinterpret_cast<Reservation*>(command);
        mine->book->on_reply(mine, reply);
    };
    reservation->book = this;
    reservation->gate = &gate;
    reservation->claim = store::Reserver::make_claim(partition_value, identity, token);
    reservation->owner = owner;
    reservation->done = done;
    if (!send(reservation.get())) {
        *refused = {State::unavailable, server_->client->problem()};
        return nullptr;
    }
    ++asking_;
    return reservation.release();
}

bool Reservations::send(Reservation* reservation) {
    const bool sent = guarded(log_, false, [&] {
        out_.clear();
        call_of(*reservation).append_to(reservation->text_sent, &out_);
        return server_->client != nullptr && server_->client->send(out_, &reservation->command);
    });
    if (!sent) return false;
    reservation->at = ngx_current_msec;
    ngx_queue_insert_tail(&sent_, &reservation->link);
    return true;
}

void Reservations::on_reply(Reservation* reservation, const redisReply* reply) {
    ngx_queue_remove(&reservation->link);
    if (reservation->step == Step::asking) {
        on_asked(reservation, reply);
    } else {
        on_settled(reservation, reply);
    }
}

void Reservations::on_asked(Reservation* reservation, const redisReply* reply) {
    using Result = store::Reserver::Result;
    const Result result = store::Reserver::read_reserve(reply);
    if (result == Result::no_script && !reservation->text_sent && reservation->owner != nullptr) {
        reservation->text_sent = true;
        if (send(reservation)) return;
    }
    --asking_;
    switch (result) {
        case Result::reserved:
            hold(reservation);
            return;
        case Result::duplicate:
            finish(reservation, {State::duplicate, {}});
            return;
        case Result::conflict:
            finish(reservation, {State::conflict, {}});
            return;
        case Result::in_progress:
            finish(reservation, {State::in_progress, {}});
            return;
        case Result::no_script:
        case Result::failed:
            break;
    }
    if (reply != nullptr) {
        note_refusal(error_of(reply));
        finish(reservation, {State::unavailable, error_of(reply)});
        return;
    }
    // Redis may have made it although its reply is lost.
    void* owner = std::exchange(reservation->owner, nullptr);
    const Reservation::Done done = reservation->done;
    begin_settling(reservation, Step::releasing);
    if (owner != nullptr) done(owner, {State::unavailable, "the connection to redis was lost"});
}

void Reservations::hold(Reservation* reservation) {
    refusal_.clear();
    if (reservation->owner == nullptr) {
        begin_settling(reservation, Step::releasing);
        return;
    }
    reservation->step = Step::held;
    reservation->at = ngx_current_msec;
    ngx_queue_insert_tail(&held_, &reservation->link);
    set_timer(&renew_timer_, renew_tick);
    // It may be settled and gone when this returns.
    reservation->done(std::exchange(reservation->owner, nullptr), {State::reserved, {}});
}

void Reservations::finish(Reservation* reservation, const Reserved& reserved) {
    void* owner = reservation->owner;
    const Reservation::Done done = reservation->done;
    delete reservation;
    if (owner != nullptr) done(owner, reserved);
}

void Reservations::note_refusal(std::string_view error) {
    if (refusal_ == error) return;
    guarded(log_, 0, [&] { return refusal_.assign(error), 0; });
    ngx_log_error(NGX_LOG_ERR, log_, 0, "webhook: redis %s refused a gate's reservation: %*s",
                  server_->address.url.c_str(), error.size(), error.data());
}

void Reservations::settle(Reservation* reservation, End end) {
    ngx_queue_remove(&reservation->link);
    if (end == End::leave) {
        delete reservation;
    } else {
        begin_settling(reservation, end == End::confirm ? Step::confirming : Step::releasing);
    }
}

void Reservations::begin_settling(Reservation* reservation, Step step) {
    reservation->step = step;
    reservation->text_sent = false;
    reservation->deadline = ngx_current_msec + (step == Step::confirming ? confirm_time : release_time);
    if (!send(reservation)) wait(reservation);
}

void Reservations::on_settled(Reservation* reservation, const redisReply* reply) {
    if (reply != nullptr && reply->type == REDIS_REPLY_INTEGER) {
        lost_ = 0;
        delete reservation;
        return;
    }
    if (reply != nullptr && is_no_script(reply) && !reservation->text_sent) {
        reservation->text_sent = true;
        if (send(reservation)) return;
    } else if (reply != nullptr) {
        note_refusal(error_of(reply));
    }
    wait(reservation);
}

void Reservations::wait(Reservation* reservation) {
    if (waiting_count_ == max_waiting) {
        --waiting_count_;
        give_up(take_first<Reservation>(&waiting_));
    }
    ++waiting_count_;
    ngx_queue_insert_tail(&waiting_, &reservation->link);
    if (keeps_worker(*reservation)) retry_timer_.cancelable = 0;
    set_timer(&retry_timer_, retry_interval);
}

void Reservations::on_retry_timer() {
    retry_timer_.cancelable = 1;
    for (ngx_uint_t n = waiting_count_; n > 0; --n) {
        Reservation* reservation = take_first<Reservation>(&waiting_);
        --waiting_count_;
        if (is_past(reservation->deadline)) {
            give_up(reservation);
        } else if (!send(reservation)) {
            wait(reservation);
        }
    }
    if (waiting_count_ != 0) set_timer(&retry_timer_, retry_interval);
}

void Reservations::give_up(Reservation* reservation) {
    if (reservation->step == Step::confirming && lost_++ == 0) {
        ngx_log_error(
            NGX_LOG_ERR, log_, 0,
            "webhook: redis %s did not confirm that an event has passed the gate \"%s\", a duplicate may "
            "pass again",
            server_->address.url.c_str(), reservation->gate->name().c_str());
    }
    delete reservation;
}

void Reservations::on_renew_timer() {
    static RedisClient::Command unanswered{ignore, false};  // a lost renewal is made good by the next one
    while (!ngx_queue_empty(&held_) && is_past(first_of<Reservation>(&held_)->at + renew_interval)) {
        Reservation* reservation = take_first<Reservation>(&held_);
        reservation->at = ngx_current_msec;
        ngx_queue_insert_tail(&held_, &reservation->link);
        guarded(log_, 0, [&] {
            out_.clear();
            call_of(*reservation).append_to(true, &out_);
            server_->client->send(out_, &unanswered);
            return 0;
        });
    }
    if (!ngx_queue_empty(&held_)) set_timer(&renew_timer_, renew_tick);
}

}  // namespace webhook::module
