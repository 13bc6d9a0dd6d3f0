#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>

#include "store/endpoint_limits.hpp"
#include "worker/core.hpp"

namespace webhook::worker {

/// Leases from Redis what the workers share: the slots of an endpoint with a rate, and the places of its
/// concurrency while several workers are alive. A coroutine per endpoint runs while it has queued or running
/// deliveries that need leases.
class Leases {
  public:
    explicit Leases(Core& core) : core_(core) {}

    /// Continues an endpoint as soon as it may begin an attempt.
    void want(const EndpointPtr& endpoint);
    /// Sets how many workers are alive: a single one needs no leases for places.
    void set_workers(std::size_t count);

  private:
    struct Lease {
        explicit Lease(const boost::asio::any_io_executor& executor) : wake(executor) {}
        link::Wakeup wake;
        SteadyTime ask_at{};    ///< not before, when something is missing
        SteadyTime renew_at{};  ///< the places
    };
    using LeasePtr = std::shared_ptr<Lease>;

    boost::asio::awaitable<void> serve(EndpointPtr endpoint, LeasePtr lease);
    boost::asio::awaitable<void> ask(EndpointPtr endpoint, LeasePtr lease);
    store::TurnRequest request_for(Endpoint& endpoint, SteadyTime now) const;
    bool lacks_some(Endpoint& endpoint, SteadyTime now) const;
    bool must_ask(Endpoint& endpoint, const Lease& lease, SteadyTime now) const;
    SteadyTime next_look(Endpoint& endpoint, const Lease& lease, SteadyTime now) const;
    void apply(Endpoint& endpoint, Lease& lease, const store::TurnRequest& asked, const RedisReply& reply);
    bool shares() const { return workers_ > 1; }

    Core& core_;
    std::size_t workers_ = 1;
    std::map<Endpoint*, LeasePtr> leases_;
};

}  // namespace webhook::worker
