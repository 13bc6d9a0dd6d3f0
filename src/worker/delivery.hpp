#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "worker/clock.hpp"
#include "worker/schedule.hpp"
#include "worker/send/event.hpp"

namespace webhook::worker {

class OwnedPartition;
struct Endpoint;
struct WindowItem;

/// Is one event on its way to one endpoint. States:
///
///     new:     queued -> running -> ended, then settled together with its event; or recorded
///              before it has ended (waiting in Redis, with a lease while it runs), and from then on as
///     waiting: claimed (recorded) -> queued -> running -> its outcome goes with the next settling step
///
/// Shared by the window of its partition, the queue of its endpoint and the running attempt.
struct Delivery {
    enum class State : std::uint8_t { queued, running, ended, withdrawn };

    std::shared_ptr<OwnedPartition> partition;
    std::shared_ptr<Endpoint> endpoint;
    std::string endpoint_id;
    std::shared_ptr<const Event> event;
    std::uint64_t bytes = 0;
    std::string lane;  ///< hex, of an ordered endpoint's; empty: it waits for no other
    std::string id;    ///< of a waiting delivery; empty: made from event and endpoint

    State state = State::queued;
    WindowItem* item = nullptr;  ///< of a new delivery, until it is settled
    bool recorded = false;       ///< it has a record in Redis, which its outcome changes
    Decision decision;           ///< once ended
    bool cancelled = false;      ///< its endpoint was deleted

    unsigned attempts = 0;  ///< that spent a delay of the schedule
    unsigned refusals = 0;  ///< that spent none: 429 or 503 with Retry-After
    int status = 0;
    std::string error;
    std::int64_t created_ms = 0;  ///< by Redis' clock; 0: it has no record yet
    std::int64_t made_ms = 0;     ///< what {now} of templates says in all attempts; 0: created_ms
    SteadyTime started;
    SteadyTime expires = SteadyTime::max();  ///< by the endpoint's max_age

    std::string name() const { return id.empty() ? event->entry + "/" + endpoint_id : id; }
};

using DeliveryPtr = std::shared_ptr<Delivery>;

}  // namespace webhook::worker
