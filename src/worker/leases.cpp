#include "worker/leases.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

constexpr auto slots_ahead = 50ms;   // slots are asked for when the last one is nearer than this
constexpr auto ask_pause = 20ms;     // between two requests, unless nothing is left
constexpr auto starve_pause = 50ms;  // while other workers have all places
constexpr auto renew_time = 1000ms;  // a lease of places lasts 3 s
constexpr auto finest_timer = 1ms;   // at high rates several slots share one wake-up
constexpr auto again_after = 200ms;  // when Redis did not reply

bool has_rate(const Endpoint& endpoint) {
    return endpoint.document.rate.has_value();
}

/// Returns how many attempts the endpoint could run now.
unsigned useful_places(const Endpoint& endpoint) {
    return std::min(endpoint.limit(), endpoint.running + endpoint.ready());
}

}  // namespace

void Leases::want(const EndpointPtr& endpoint) {
    LeasePtr& lease = leases_[endpoint.get()];
    if (lease) return lease->wake.notify();
    lease = std::make_shared<Lease>(core_.executor);
    asio::co_spawn(core_.executor, serve(endpoint, lease), asio::detached);
}

void Leases::set_workers(std::size_t count) {
    const bool before = shares();
    workers_ = count;
    if (before == shares()) return;
    core_.dispatcher.set_shared(shares());
    for (const auto& [id, endpoint] : core_.endpoints.all()) {
        endpoint->leased = endpoint->running;
        endpoint->pressed = false;
        if (shares() && endpoint->running + endpoint->ready() > 0) want(endpoint);
        if (!shares()) core_.dispatcher.changed(endpoint);
    }
}

asio::awaitable<void> Leases::serve(EndpointPtr endpoint, LeasePtr lease) {
    while (!core_.stopping && !endpoint->deleted) {
        const bool waits = endpoint->ready() > 0 && endpoint->limit() > 0;
        const bool idle = !waits && (endpoint->running == 0 || !shares());
        const bool gives_back = idle && shares() && endpoint->leased > 0;
        if (idle && !gives_back) break;
        if (gives_back || must_ask(*endpoint, *lease, Clock::now())) co_await ask(endpoint, lease);
        core_.dispatcher.changed(endpoint);
        if (!gives_back) co_await lease->wake.wait_until(next_look(*endpoint, *lease, Clock::now()));
    }
    leases_.erase(endpoint.get());
}

store::TurnRequest Leases::request_for(Endpoint& endpoint, SteadyTime now) const {
    store::TurnRequest request;
    if (has_rate(endpoint) && !endpoint.closed() && !endpoint.hold.active) {
        request.interval = endpoint.document.rate->interval();
        request.burst = endpoint.document.rate->burst;
        const std::uint64_t left = endpoint.pace.left(now);
        request.slots = endpoint.ready() > left ? endpoint.ready() - left : 0;
        if (endpoint.pace.last() >= now + slots_ahead) request.slots = 0;
    }
    if (!shares()) return request;
    request.shared = endpoint.document.concurrency;
    request.places = useful_places(endpoint);
    request.used = endpoint.running;
    return request;
}

/// Returns whether the endpoint could use more slots or places than it has.
bool Leases::lacks_some(Endpoint& endpoint, SteadyTime now) const {
    const store::TurnRequest request = request_for(endpoint, now);
    return request.slots > 0 || (shares() && endpoint.leased < request.places);
}

bool Leases::must_ask(Endpoint& endpoint, const Lease& lease, SteadyTime now) const {
    if (shares() && now >= lease.renew_at) return true;
    return now >= lease.ask_at && lacks_some(endpoint, now);
}

/// Returns when a slot is due, or something can be asked for.
SteadyTime Leases::next_look(Endpoint& endpoint, const Lease& lease, SteadyTime now) const {
    SteadyTime next = shares() ? lease.renew_at : SteadyTime::max();
    if (endpoint.ready() == 0) return next;
    if (has_rate(endpoint)) {
        const SteadyTime slot = endpoint.pace.next(now);
        if (slot != SteadyTime::max() && endpoint.running < endpoint.limit() &&
            (!shares() || endpoint.running < endpoint.leased))
            next = std::min(next, std::max(slot, now + finest_timer));
    }
    if (lacks_some(endpoint, now)) next = std::min(next, std::max(lease.ask_at, now + finest_timer));
    return next;
}

asio::awaitable<void> Leases::ask(EndpointPtr endpoint, LeasePtr lease) {
    const store::TurnRequest request = request_for(*endpoint, Clock::now());
    const auto reply = co_await core_.link.run(store::lease_turns(core_.id, endpoint->document.id, request));
    const auto now = Clock::now();
    if (!reply || !reply->root().is_array() || reply->root().count != 5) {
        lease->ask_at = lease->renew_at = now + again_after;
        co_return;
    }
    apply(*endpoint, *lease, request, reply->root());
}

void Leases::apply(Endpoint& endpoint, Lease& lease, const store::TurnRequest& asked,
                   const RedisReply& reply) {
    const auto now = Clock::now();
    const auto slots = static_cast<std::uint64_t>(std::max<std::int64_t>(0, reply[0].integer));
    endpoint.pace.grant(now, now + microseconds(reply[1].integer), asked.interval, slots);
    lease.ask_at = now + ask_pause;
    if (asked.slots > 0 && slots == 0)
        lease.ask_at = now + std::max<microseconds>(microseconds(reply[2].integer), ask_pause);
    if (asked.shared == 0 || !shares()) return;
    lease.renew_at = now + renew_time;
    endpoint.leased = std::max(static_cast<unsigned>(reply[3].integer), endpoint.running);
    endpoint.pressed = reply[4].is(1);
    if (endpoint.leased < asked.places) lease.ask_at = std::max(lease.ask_at, now + starve_pause);
}

}  // namespace webhook::worker
