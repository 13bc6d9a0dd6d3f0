#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <string>

#include "endpoint/document.hpp"
#include "worker/delivery.hpp"
#include "worker/send/sender.hpp"

namespace webhook::worker {

/// So many failures one after the other make an endpoint troubled; the first success ends it.
inline constexpr unsigned trouble_failures = 5;

/// An endpoint as this worker knows it: its document and how it is doing. The object stays the same when the
/// document changes. Document and target always belong together.
struct Endpoint {
    endpoint::Document document;
    std::shared_ptr<const PreparedEndpoint> target;
    std::string warning;  ///< the one that was logged about its secrets
    std::string problem;  ///< why it cannot be sent to now (a secret is missing); empty: it can
    bool deleted = false, disabled = false;

    std::deque<DeliveryPtr> queue;  ///< may hold withdrawn ones
    unsigned queued = 0;            ///< without the withdrawn ones
    unsigned running = 0;           ///< attempts under way
    unsigned claiming = 0;          ///< places kept for a claim under way
    bool wants_place = false;       ///< it is in the dispatcher's line for a global place

    /// Attempts it may have at once for now: one until it has answered, then doubled by each answer.
    /// Endpoints that hang from the start so do not take the places of others before that is noticed.
    unsigned allowance = 1;
    unsigned failures = 0;  ///< one after the other
    bool slow = false;      ///< attempts are under way and none has ended for a second
    bool behind = false;    ///< it held up others; until its due deliveries are through
    bool more_due = false;  ///< the last claim was not the last
    SteadyTime last_progress{}, last_routed{};

    bool failing() const { return failures >= trouble_failures || !problem.empty(); }
    bool troubled() const { return failing() || slow || behind; }
    /// New events wait in Redis at once instead of in memory.
    bool waits() const { return document.paused || troubled(); }
    /// What waits for it may be taken up.
    bool takes_waiting() const { return !document.paused && target != nullptr && problem.empty(); }
    bool gone() const { return deleted || disabled; }
    unsigned limit() const { return document.paused ? 0 : std::min(document.concurrency, allowance); }
    unsigned taken() const { return running + queued + claiming; }
};

using EndpointPtr = std::shared_ptr<Endpoint>;

}  // namespace webhook::worker
