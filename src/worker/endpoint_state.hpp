#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <string>

#include "endpoint/document.hpp"
#include "worker/delivery.hpp"
#include "worker/send/sender.hpp"

namespace webhook::worker {

/// Consecutive failures that make an endpoint troubled; the first success ends it.
inline constexpr unsigned trouble_failures = 5;

/// Is an endpoint as this worker knows it: its document and its health. The object stays the same when the
/// document changes. `document` and `prepared` always belong together.
struct Endpoint {
    endpoint::Document document;
    std::shared_ptr<const PreparedEndpoint> prepared;
    std::string warning;  ///< about its secrets, as logged last
    std::string problem;  ///< why deliveries are not possible now (a secret is missing); empty: they are
    bool deleted = false, disabled = false;

    std::deque<DeliveryPtr> queue;  ///< may hold withdrawn deliveries
    unsigned queued = 0;            ///< without withdrawn deliveries
    unsigned running = 0;           ///< running attempts
    unsigned claiming = 0;          ///< places reserved for a pending claim
    bool wants_place = false;       ///< it is in the dispatcher's queue for a global place

    /// Attempts that may run at once for now: one until the first response, then doubled by each response. So
    /// an endpoint that hangs from the start takes no places of others before that is noticed.
    unsigned allowance = 1;
    unsigned failures = 0;  ///< consecutive
    bool slow = false;      ///< attempts are running and none has ended for a second
    bool behind = false;    ///< it held up others; until its due deliveries are done
    bool more_due = false;  ///< the last claim did not return all that is due
    SteadyTime last_progress{}, last_routed{};

    bool failing() const { return failures >= trouble_failures || !problem.empty(); }
    bool troubled() const { return failing() || slow || behind; }
    /// Returns whether new events wait in Redis at once instead of in memory.
    bool waits() const { return document.paused || troubled(); }
    /// Returns whether its waiting deliveries may be claimed.
    bool takes_waiting() const { return !document.paused && prepared != nullptr && problem.empty(); }
    bool gone() const { return deleted || disabled; }
    unsigned limit() const { return document.paused ? 0 : std::min(document.concurrency, allowance); }
    unsigned taken() const { return running + queued + claiming; }
};

using EndpointPtr = std::shared_ptr<Endpoint>;

}  // namespace webhook::worker
