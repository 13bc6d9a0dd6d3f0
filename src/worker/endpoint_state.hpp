#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "endpoint/document.hpp"
#include "worker/allowance.hpp"
#include "worker/delivery.hpp"
#include "worker/lanes.hpp"
#include "worker/pace.hpp"
#include "worker/send/sender.hpp"

namespace webhook::worker {

/// Consecutive failures that make an endpoint troubled; the first success ends it.
inline constexpr unsigned trouble_failures = 5;

/// Says whether and until when no attempts are made. All workers share it through Redis (Holds).
struct Hold {
    bool active = false;  ///< no attempts before `until`
    bool open = false;    ///< by the breaker: then one attempt, the probe, after each hold until one succeeds
    bool waited = false;  ///< a coroutine waits for its end
    SteadyTime until{};
    unsigned in_a_row = 0;     ///< holds by Retry-After without a success between
    std::uint64_t change = 0;  ///< number of the change in Redis; 0: not known there yet
};

/// Is an endpoint as this worker knows it: its document and its health. The object stays the same when the
/// document changes. `document` and `prepared` always belong together.
struct Endpoint {
    endpoint::Document document;
    std::shared_ptr<const PreparedEndpoint> prepared;
    std::string warning;  ///< about its secrets, as logged last
    std::string problem;  ///< why deliveries are not possible now (a secret is missing); empty: they are
    bool deleted = false;
    bool disabled = false;  ///< paused by the workers, with a reason

    std::deque<DeliveryPtr> queue;  ///< may hold withdrawn deliveries
    Lanes lanes;                    ///< deliveries that wait for another one, if it is ordered
    unsigned queued = 0;            ///< in both, without withdrawn deliveries
    unsigned running = 0;           ///< running attempts
    unsigned claiming = 0;          ///< places reserved for a pending claim
    bool wants_place = false;       ///< it is in the dispatcher's queue for a global place

    Allowance allowance;
    unsigned leased = 0;   ///< of its concurrency, while other workers share it
    bool pressed = false;  ///< other workers wait for places: a free one goes back
    Pace pace;             ///< if the document has a rate

    Hold hold;
    bool noted = false;     ///< Redis knows of failures since the last success
    SteadyTime noted_at{};  ///< when this worker has said so last
    unsigned failures = 0;  ///< consecutive
    bool slow = false;      ///< attempts are running and none has ended for a second
    bool behind = false;    ///< it held up others; until its due deliveries are done
    bool more_due = false;  ///< the last claim did not return all that is due
    std::vector<std::weak_ptr<OwnedPartition>> due_in;  ///< partitions whose due deliveries had no place
    std::weak_ptr<OwnedPartition> claimed_in;           ///< from which a waiting delivery was taken last
    SteadyTime last_progress{}, last_routed{};
    std::int64_t last_success_ms = 0, last_error_ms = 0;
    std::string last_error;

    bool closed() const { return document.paused || disabled; }
    bool failing() const { return failures >= trouble_failures || hold.open || !problem.empty(); }
    bool troubled() const { return failing() || slow || behind; }
    /// Returns whether new events wait in Redis at once instead of in memory.
    bool waits() const { return closed() || troubled(); }
    /// Returns whether its waiting deliveries may be claimed.
    bool takes_waiting() const { return !closed() && !hold.active && prepared != nullptr && problem.empty(); }
    unsigned limit() const {
        if (closed() || hold.active) return 0;
        return hold.open ? 1 : std::min(document.concurrency, allowance.value());
    }
    /// Returns how many queued deliveries may be attempted now, or a few more.
    unsigned ready() const { return std::min(queued, static_cast<unsigned>(queue.size())); }
    unsigned taken() const { return running + queued + claiming; }
};

using EndpointPtr = std::shared_ptr<Endpoint>;

}  // namespace webhook::worker
