#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/lease.hpp"
#include "store/script.hpp"

namespace webhook::store {

using std::chrono::milliseconds;

/// A delivery that was not simply delivered, as a settling step records it.
struct DeliveryEntry {
    std::string_view id;        ///< "<entry id>/<endpoint>[/<n>]"
    std::string_view endpoint;  ///< id of the endpoint
    std::string_view entry;     ///< id of the stream entry that holds (or held) the event
    std::uint64_t bytes = 0;    ///< of the event
    /// Its JSON record without the closing brace; the step adds `created`, `reason` and `died` (times of
    /// Redis' clock).
    std::string_view record;
};

/// Limits of an endpoint's waiting deliveries in one partition.
struct WaitingLimit {
    std::uint64_t count = 0, bytes = 0;
};

/// Builds one settling step of a partition's owner: the events from `floor` to the new floor are routed, and
/// outcomes of waiting deliveries are recorded; all or nothing. May be sent again when its reply was lost: a
/// floor that has already moved there means that the step was done, and outcomes apply only to deliveries
/// that still wait; a list of parked events that has gone on says the same as the floor. Reply: 1 done (or
/// done before), 0: the partition is not ours any more.
class SettleStep {
  public:
    explicit SettleStep(const Ownership& owner) : owner_(&owner) {}

    /// Totals of the events between the two floors; `deliveries` are those created, of which `delivered` need
    /// no entry.
    struct Routed {
        std::string from, to;  ///< floors
        std::string
            trim_before;  ///< not empty: everything below this id leaves the stream at once (no retention)
        std::uint64_t events = 0, bytes = 0, created = 0, delivered = 0;
    };
    Routed routed;

    /// Content for the following new_* of that entry, as netstrings; stored only if something refers to it.
    void content(std::string_view entry, std::string_view netstrings);

    // New deliveries; `routed.created` must count them.
    void new_waiting(const DeliveryEntry& delivery, milliseconds delay, const WaitingLimit& limit);
    void new_dead(const DeliveryEntry& delivery, std::string_view reason);
    void new_cancelled() { ++cancelled_; }

    // Events of paused sources: `routed` does not count them before they are unparked.
    /// Puts the event at the end of its source's list; its content goes before.
    void park(std::string_view source, std::string_view entry, std::uint64_t bytes);
    /// Takes the event off the front of that list, after its new deliveries. `routed` counts it.
    void unpark(std::string_view source, std::string_view entry, std::uint64_t bytes);

    // Outcomes of waiting ones.
    void delivered(const DeliveryEntry& delivery);
    void retry(const DeliveryEntry& delivery, milliseconds delay);
    void dead(const DeliveryEntry& delivery, std::string_view reason);
    void cancelled(const DeliveryEntry& delivery);
    /// Due again after `delay`; the record stays as it is.
    void lease(std::string_view id, std::string_view endpoint, milliseconds delay);

    /// One attempt for the log, as JSON.
    void attempt(std::string_view json);

    bool empty() const { return operations_ == 0 && routed.events == 0 && attempts_ == 0; }
    std::size_t bytes() const { return words_.size() + attempt_words_.size(); }
    std::size_t operations() const { return operations_; }
    /// How long after the step the first of its waiting deliveries is due; max(): there is none.
    milliseconds soonest() const { return soonest_; }

    Call call() const;

  private:
    void word(std::string_view value);
    void word(std::uint64_t value);
    void operation(std::string_view name, const DeliveryEntry& delivery);
    void wait(milliseconds delay);

    const Ownership* owner_;
    std::string words_, attempt_words_, first_parked_;
    std::size_t operations_ = 0, count_ = 0, attempts_ = 0, attempt_bytes_ = 0;
    std::uint64_t cancelled_ = 0;
    milliseconds soonest_ = milliseconds::max();
};

/// A generation of a partition's attempt log is at most this large and this old; two are kept.
inline constexpr std::uint64_t attempt_log_bytes = 4u << 20;
inline constexpr milliseconds attempt_log_age{std::chrono::hours(24 * 4)};

}  // namespace webhook::store
