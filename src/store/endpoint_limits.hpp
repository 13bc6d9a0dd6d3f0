#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "store/script.hpp"

namespace webhook::store {

// What all workers know of an endpoint besides its document: holds, failures, and the rate and places that
// they share. A hold says until when no attempts are made; that of an open breaker is extended by each probe.
// Changes of holds are counted in field `holds` of the configuration's meta, so that a poll sees them.

/// Holds an endpoint for so long. Reply: [number of changes, ms left], or [] where there is no such endpoint.
Call hold_endpoint(std::string_view epoch, std::string_view endpoint, std::chrono::milliseconds length);

/// What is said of a failed attempt.
struct Failure {
    bool counts = false;                         ///< for the breaker: network, time-outs, 5xx
    bool gone = false;                           ///< 410
    unsigned breaker_failures = 0;               ///< open the breaker; 0: there is none
    std::chrono::milliseconds probe{0};          ///< time between two probes
    std::chrono::milliseconds disable_after{0};  ///< of failures only; 0: never
    std::chrono::milliseconds longest_gap{0};    ///< between two attempts that count in it
};
/// Notes a failure. Reply: [0], [1, ms until the first probe, number of changes]: the breaker is open, or
/// [2, reason]: the endpoint is disabled.
Call note_failure(std::string_view epoch, std::string_view endpoint, const Failure& failure);

/// Ends the hold of an endpoint, and after a success the series of its failures. Reply: number of changes.
Call end_hold(std::string_view epoch, std::string_view endpoint, bool success);

/// Takes the next probe of an open breaker. Reply: 0 it is the caller's, ms until the next one, or -1: the
/// breaker is closed.
Call take_probe(std::string_view epoch, std::string_view endpoint, std::chrono::milliseconds probe);

/// Reply: [number of changes, [endpoint, ms left, 1 if open, ...], [failing endpoint, ...]].
Call read_holds();

/// What a worker asks of the limits that it shares with others.
struct TurnRequest {
    std::uint64_t slots = 0;               ///< requests that it could begin soon
    std::chrono::nanoseconds interval{0};  ///< between two requests of all workers; 0: no rate
    std::uint64_t burst = 1;
    unsigned places = 0;  ///< requests at once that it could use
    unsigned used = 0;    ///< of them running
    unsigned shared = 0;  ///< places of the endpoint; 0: they are not shared now
};
/// Leases slots and places to a worker: what it does not renew within 3 s goes to the others. Reply: [slots,
/// us to the first one, us until it is worth asking again, places, 1 when others wait for places].
Call lease_turns(std::string_view worker, std::string_view endpoint, const TurnRequest& request);

}  // namespace webhook::store
