#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/script.hpp"

namespace webhook::store {

// The steps of an operator on deliveries and events. All of them are small: send slices, so that Redis is not
// held up.

/// Deliveries in one slice.
inline constexpr std::size_t operator_slice = 100;

/// Makes up to `count` waiting deliveries of an endpoint due now, the latest due first, from the score
/// `highest` down ("+inf": all). Reply: [how many, score of the last of them or ""].
Call retry_waiting(std::string_view stream, unsigned partition, std::string_view endpoint,
                   std::uint64_t count, std::string_view highest);
inline constexpr std::size_t retry_slice = 200;

/// Makes one waiting delivery due now. Reply: 1, or 0 when it does not wait.
Call retry_delivery(std::string_view stream, unsigned partition, std::string_view endpoint,
                    std::string_view delivery);

/// An event that becomes a new delivery.
struct EventReplay {
    std::string entry;
    std::uint64_t bytes = 0;
    std::string record;  ///< of the delivery, without the closing brace; `created` is added
};

/// Result of an EventReplay.
enum class EventReplayResult : std::uint8_t {
    replayed = 0,
    content_gone = 2,  ///< the event has been trimmed
    full = 3,          ///< the endpoint has too much waiting
    not_routed = 4,    ///< the worker has not routed it yet: it will deliver it
    waiting = 5,       ///< a delivery of it to this endpoint waits already
};

/// Makes a new waiting delivery of each event to the endpoint, due now; counted under `replayed`. Reply:
/// [EventReplayResult, id of the new delivery or "", ...].
Call replay_events(std::string_view stream, unsigned partition, std::string_view endpoint,
                   std::uint64_t max_waiting, std::uint64_t max_waiting_bytes,
                   const std::vector<EventReplay>& events);

/// Drops dead letters; the counter `dead` counts deaths and stays. Reply: how many there were.
Call drop_dead(std::string_view stream, unsigned partition, const std::vector<std::string>& deliveries);

/// Result of delete_event().
enum class DeleteResult : std::uint8_t {
    deleted = 0,
    not_found = 1,
    not_routed = 2,  ///< a worker may have read it
};

/// Removes an event from its stream and cancels or drops the deliveries that are named; the content goes with
/// the last delivery. Reply: [DeleteResult, cancelled, dropped, deliveries that still need the content].
Call delete_event(std::string_view stream, unsigned partition, std::string_view entry,
                  const std::vector<std::string>& deliveries);

/// Removes the attempts of an event from one entry of an attempt log. Reply: how many.
Call forget_attempts(std::string_view log_key, std::string_view log_entry, std::string_view entry);

/// Registers a consumer group, so that no event leaves the stream (and the limits of the backlog) before the
/// group has acknowledged it; makes the group at `position` ("$": now, "0", an id) where it is missing.
/// Reply: 1, or 0 when it was registered.
Call add_group(std::string_view stream, unsigned partition, std::string_view group,
               std::string_view position);

/// Takes a group out of the registered ones, and destroys it where `destroy`. Reply: 1, or 0 when it was not
/// registered.
Call remove_group(std::string_view stream, unsigned partition, std::string_view group, bool destroy);

}  // namespace webhook::store
