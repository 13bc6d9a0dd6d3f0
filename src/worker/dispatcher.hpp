#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include "worker/delivery.hpp"
#include "worker/endpoint_state.hpp"
#include "worker/redis_clock.hpp"
#include "worker/send/attempt_sender.hpp"

namespace webhook::worker {

/// Runs attempts: at most `concurrency` per endpoint and `max_inflight` in all. Troubled endpoints share a
/// quarter of `max_inflight`. Attempts that were running before their endpoint became troubled do not count
/// beyond that quarter, so that they take no places of others; in all at most twice `max_inflight` attempts
/// run. A coroutine continues with the next delivery of its endpoint, so a busy endpoint needs no new
/// coroutine per delivery.
class Dispatcher {
  public:
    Dispatcher(boost::asio::any_io_executor executor, std::shared_ptr<AttemptSender> sender,
               unsigned max_inflight);

    /// Replaces the sender. Running attempts keep the one that they began with until they have ended.
    void set_sender(std::shared_ptr<AttemptSender> sender) { sender_ = std::move(sender); }
    void set_max_inflight(unsigned limit) { limit_ = limit; }
    /// Sets whether other workers share the endpoints' places: then attempts need leased ones.
    void set_shared(bool shared) { shared_ = shared; }

    /// Takes a delivery and queues it until there is a place.
    void submit(const DeliveryPtr& delivery);
    /// Returns how many more deliveries of the endpoint could be taken now.
    unsigned places(const Endpoint& endpoint) const;
    /// Applies a change of the endpoint: it was deleted or disabled, or its limits, hold or leases have
    /// changed.
    void changed(const EndpointPtr& endpoint);
    /// Updates the health of an endpoint; call several times a second.
    void check_health(Endpoint* endpoint, SteadyTime now);
    /// Marks an endpoint that holds up others: its events wait in Redis until its due deliveries are done.
    void set_behind(Endpoint* endpoint);
    /// Sets why deliveries to the endpoint are not possible now; empty: they are.
    void set_problem(Endpoint* endpoint, const std::string& problem);
    /// Stops counting attempts that fail as "stopped": the worker has cancelled them.
    void begin_stop() { stopping_ = true; }

    /// Sets whether the breaker is open, which makes the endpoint troubled.
    void set_open(Endpoint* endpoint, bool open);

    unsigned running() const { return running_; }

    std::function<void(const EndpointPtr&, const Attempt&)> on_answer;  ///< an attempt was made
    std::function<void(const EndpointPtr&)> on_place;    ///< places may be free for due deliveries
    std::function<void(const EndpointPtr&)> on_starved;  ///< it has queued deliveries and lacks leased turns
    std::function<void(const Endpoint&)> on_health;      ///< the endpoint became troubled or recovered
    RedisClock clock;

  private:
    void pump(const EndpointPtr& endpoint);
    DeliveryPtr take(Endpoint* endpoint);
    bool has_queued(Endpoint* endpoint);
    bool may_start(const EndpointPtr& endpoint);
    History history_of(const Delivery& delivery) const;
    unsigned places_taken() const;
    bool place_free(const Endpoint& endpoint) const;
    void start(const EndpointPtr& endpoint, const DeliveryPtr& delivery);
    void finish(const EndpointPtr& endpoint, const DeliveryPtr& delivery, const Attempt& attempt);
    void note_attempt(const EndpointPtr& endpoint, const DeliveryPtr& delivery, const Attempt& attempt);
    void judge(const EndpointPtr& endpoint, const Attempt& attempt, bool refused);
    void update_trouble(Endpoint* endpoint, bool before);
    void end(const DeliveryPtr& delivery);
    void leave_lane(const DeliveryPtr& delivery);
    void end_unsent(const DeliveryPtr& delivery);
    void hand_back(const DeliveryPtr& delivery);
    void hand_back_claimed(Endpoint* endpoint);
    void serve_line();
    boost::asio::awaitable<Attempt> make_attempt(const Endpoint& endpoint, const Delivery& delivery);
    boost::asio::awaitable<void> run(EndpointPtr endpoint, DeliveryPtr delivery);

    boost::asio::any_io_executor executor_;
    std::shared_ptr<AttemptSender> sender_;
    unsigned limit_, running_ = 0, troubled_running_ = 0;
    std::deque<std::weak_ptr<Endpoint>> line_;  ///< endpoints that wait for a global place
    std::minstd_rand random_;
    bool stopping_ = false, shared_ = false;
};

}  // namespace webhook::worker
