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

namespace webhook::worker {

/// Runs attempts: at most `concurrency` of an endpoint and `max_inflight` of all, of which troubled endpoints
/// together get a quarter: those under way before their endpoint was found to hang do not count beyond that
/// quarter, so that they take no places of others; all in all there are never more than twice `max_inflight`.
/// An attempt that ends takes the next delivery of its endpoint along, so a busy endpoint costs no coroutine
/// per delivery.
class Dispatcher {
  public:
    using Send = std::function<boost::asio::awaitable<Attempt>(std::shared_ptr<const PreparedEndpoint>,
                                                               std::shared_ptr<const Event>)>;

    Dispatcher(boost::asio::any_io_executor executor, Send send, unsigned max_inflight);

    void set_max_inflight(unsigned limit) { limit_ = limit; }

    /// Takes a delivery: queued until there is a place.
    void submit(const DeliveryPtr& delivery);
    /// How many more deliveries of the endpoint could be taken now.
    unsigned places(const Endpoint& endpoint) const;
    /// The endpoint has changed: deleted or disabled, or its limits are others.
    void changed(const EndpointPtr& endpoint);
    /// Judges the health of an endpoint; call several times a second.
    void check_health(Endpoint* endpoint, SteadyTime now);
    /// The endpoint holds up others: its events wait in Redis until its due deliveries are through.
    void set_behind(Endpoint* endpoint);
    /// Why the endpoint cannot be sent to now; empty: it can.
    void set_problem(Endpoint* endpoint, const std::string& problem);
    /// Attempts that fail from now on were broken off by us: they go back without being counted.
    void begin_stop() { stopping_ = true; }

    unsigned running() const { return running_; }

    std::function<void(const EndpointPtr&, const char* reason)> on_gone;  ///< an endpoint asks to be disabled
    std::function<void(const DeliveryPtr&)> on_place;                     ///< a claimed delivery has ended
    std::function<void(const Endpoint&)> on_health;                       ///< trouble has begun or ended

  private:
    void pump(const EndpointPtr& endpoint);
    DeliveryPtr take(Endpoint* endpoint);
    unsigned places_taken() const;
    bool place_free(const Endpoint& endpoint) const;
    void start(const EndpointPtr& endpoint, const DeliveryPtr& delivery);
    void finish(const EndpointPtr& endpoint, const DeliveryPtr& delivery, const Attempt& attempt);
    void judge(const EndpointPtr& endpoint, const Attempt& attempt);
    void update_trouble(Endpoint* endpoint, bool before);
    void end_unsent(const DeliveryPtr& delivery);
    void hand_back(const DeliveryPtr& delivery);
    void hand_back_claimed(Endpoint* endpoint);
    void serve_line();
    boost::asio::awaitable<void> run(EndpointPtr endpoint, DeliveryPtr delivery);

    boost::asio::any_io_executor executor_;
    Send send_;
    unsigned limit_, running_ = 0, troubled_running_ = 0;
    std::deque<std::weak_ptr<Endpoint>> line_;  ///< endpoints that wait for a global place
    std::minstd_rand random_;
    bool stopping_ = false;
};

}  // namespace webhook::worker
