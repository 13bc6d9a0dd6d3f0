#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/script.hpp"

namespace webhook::store {

// The steps of an operator: change of the configuration, replay of dead letters, ledger.

/// A change of the configuration, made only if it did not change since it was read (read_configuration()).
struct ConfigurationChange {
    std::string seen_epoch, seen_version;  ///< as read; empty when there was no configuration
    std::string new_epoch;                 ///< becomes the epoch when there is none
    std::string new_key;                   ///< becomes the key when there is none; empty: one is made
    std::vector<std::pair<std::string, std::string>> set;  ///< endpoint id -> document
    std::vector<std::string> remove;                       ///< endpoint ids
    std::vector<std::string> enable;                       ///< endpoint ids that are no longer disabled
    std::vector<std::pair<std::string, std::string>> pause_sources;  ///< source -> {"at":ms,"by":name}
    std::vector<std::string> resume_sources;

    bool empty() const {
        return set.empty() && remove.empty() && enable.empty() && pause_sources.empty() &&
               resume_sources.empty();
    }
};

/// Makes the whole change, raises the version, and makes the epoch where there is none (whatever lay beside
/// it then is no configuration and goes). Reply: the new version, or 0 when the configuration is not the one
/// that was seen.
Call change_configuration(const ConfigurationChange& change);

/// Counters of one partition at one moment. Reply: XLEN(events), sum of ZCARD(waiting:*) over the members of
/// `due`, accepted, and then routed, trimmed, created, replayed, delivered, dead, cancelled (nil: 0).
Call read_ledger(std::string_view stream, unsigned partition);

/// A dead letter to be sent again, and the shares of its endpoint's limits that the partition may have
/// waiting.
struct Replay {
    std::string delivery;
    std::uint64_t max_waiting = 0, max_waiting_bytes = 0;
};

/// Result of a Replay.
enum class ReplayResult : std::uint8_t {
    replayed = 0,
    not_dead = 1,      ///< no such dead letter (any more)
    content_gone = 2,  ///< the event's content has been given up
    full = 3,          ///< the endpoint has too much waiting: it stays a dead letter
};

/// Makes each dead letter a new waiting delivery, due now; the dead one goes. Send slices of at most
/// replay_slice, so that Redis is not held up. Reply: [ReplayResult, id of the new delivery or "", ...].
Call replay_dead(std::string_view stream, unsigned partition, const std::vector<Replay>& replays);

inline constexpr std::size_t replay_slice = 100;

}  // namespace webhook::store
