#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "link/wakeup.hpp"
#include "store/entry_id.hpp"
#include "store/settle.hpp"
#include "worker/delivery.hpp"
#include "worker/endpoint_state.hpp"
#include "worker/parked_sources.hpp"

namespace webhook::worker {

using store::EntryId;

/// Is one event that was read and is not settled yet, with its deliveries.
struct WindowItem {
    EntryId id;
    std::shared_ptr<const Event> event;
    std::uint64_t bytes = 0;
    std::vector<DeliveryPtr> deliveries;
    unsigned open = 0;   ///< deliveries that have not ended
    std::string source;  ///< of an event that was parked: whose list it is in
    bool parks = false;  ///< its source is paused, or older events of it are parked: it is parked, not routed
    SteadyTime read_at{};
};

/// Names a partition; the order is the one in which partitions are distributed.
struct PartitionName {
    std::string stream;
    unsigned index = 0;
    auto operator<=>(const PartitionName&) const = default;  // NOLINT(modernize-use-nullptr)
    std::string text() const { return stream + ":" + std::to_string(index); }
};

/// Limits what is read ahead of the floor, per partition.
struct WindowLimit {
    std::size_t events = 1024, deliveries = 8192;
    std::uint64_t bytes = 8u << 20;
};

/// Is a partition while this worker owns it, from acquisition to release or loss: the window of events
/// between floor and read position, and outcomes that wait for the next settling step. A partition that is
/// acquired again is a new object.
class OwnedPartition : public std::enable_shared_from_this<OwnedPartition> {
  public:
    OwnedPartition(const boost::asio::any_io_executor& executor, PartitionName name, store::Ownership owner,
                   EntryId floor);

    const PartitionName& name() const { return name_; }
    const store::Ownership& owner() const { return owner_; }

    // Reading.
    const EntryId& position() const { return position_; }
    bool has_room(const WindowLimit& limit) const;
    /// Appends an event with its deliveries; `item.open` is the number of those that have not ended.
    WindowItem& add(WindowItem item);

    // Parked events, see worker/parking.hpp.
    Parking parking;
    /// Returns whether parked events may be taken back into memory.
    bool has_room_for_parked() const;
    /// Appends an event that was parked, with its deliveries.
    WindowItem& add_parked(WindowItem item);
    /// Parks the newest events of a source of which no delivery has started.
    void hold_back(std::string_view source);

    // Deliveries.
    std::shared_ptr<Event> make_event(
        std::string_view entry) const;  ///< without fields: the caller adds them
    DeliveryPtr make_delivery(const EndpointPtr& endpoint, std::shared_ptr<const Event> event,
                              std::uint64_t bytes);
    /// Takes a delivery that has ended (its decision is set).
    void ended(const DeliveryPtr& delivery);
    /// Notes an outcome that may wait for company: a crash repeats that much more, and nobody waits for it.
    void ended_well();
    /// Registers a claimed delivery; returns false if it is in memory already.
    bool hold(const std::string& id) { return held_.insert(id).second; }
    bool holds_any() const { return !held_.empty() || !window_empty() || step_under_way_; }
    void log_attempt(std::string json);

    // Order. New events of an ordered endpoint are attempted from memory while nothing of it waits in Redis;
    // otherwise they are recorded behind what waits.
    bool attempts_from_memory(const Endpoint& endpoint) const;
    /// Notes that something waits in Redis, or will.
    void order_waits(const std::string& endpoint) { nothing_waits_.erase(endpoint); }
    /// Notes that Redis lists nothing that waits; ignored while a delivery is on its way there.
    void order_is_free(const std::string& endpoint);
    /// Returns whether no delivery of the endpoint in memory is or will be recorded.
    bool records_none_of(const std::string& endpoint) const;

    // Settling.
    /// Says which events may leave the window before all their deliveries have ended.
    struct Rules {
        SteadyTime now;
        bool pressed = false;        ///< the window is full and the floor does not move
        bool give_back = false;      ///< everything must leave: the partition is handed over
        store::WaitingLimit parked;  ///< how much may be parked in this partition
        bool keep_nothing = false;   ///< no retention: settled events are trimmed from the stream at once
    };
    /// Fills a step up to its limits. Returns false if there is nothing to settle now.
    bool build(const Rules& rules, store::SettleStep* step);
    /// Applies the step that was built last: Redis has done it.
    void applied();
    const EntryId& floor() const { return floor_; }
    SteadyTime floor_moved() const { return floor_moved_; }
    bool window_empty() const { return window_.empty() && unparked_.empty(); }
    bool has_outcomes() const { return !outcomes_.empty() || !attempts_.empty(); }
    /// Returns whether the floor waits because no more events may be parked.
    bool parking_full(const Rules& rules) const;
    /// Lists endpoints whose queued deliveries keep the first event from being settled.
    std::vector<Endpoint*> blocking() const;

    /// Withdraws events of which no delivery has started: the next owner reads them again.
    void withdraw_unstarted();
    /// Drops everything in memory: this worker does not own the partition any more. Running attempts finish;
    /// their results are ignored.
    void lose();
    bool lost() const { return lost_; }

    bool parking_is_full = false;  ///< as logged last
    bool draining = false;         ///< no new events are read or claimed; it will be released
    SteadyTime drain_until{};
    link::Wakeup work;          ///< there is something to settle
    link::Wakeup waiting_work;  ///< there may be something to claim
    link::Wakeup parked_work;   ///< parked events may be taken back
    bool check_all = true;      ///< compare endpoints with waiting deliveries with the configuration
    SteadyTime read_at{};       ///< when the last read of its events ended

    /// Moves `next_due` to an earlier time at which a waiting delivery is due (min(): look in any case).
    void due_at(SteadyTime time);
    SteadyTime next_due = SteadyTime::min();    ///< when to look for due deliveries; max(): none waits
    bool may_have_dead = true;                  ///< some died since the last report
    SteadyTime next_report{};                   ///< of dead letters, not before
    SteadyTime next_sweep = SteadyTime::min();  ///< when something may have to be trimmed

  private:
    bool may_leave(const WindowItem& item, const Rules& rules) const;
    void settle_item(WindowItem& item, store::SettleStep* step);
    void settle_parked(WindowItem& item, store::SettleStep* step);
    void route_item(WindowItem& item, store::SettleStep* step);
    void withdraw_all(WindowItem& item);
    void withdraw_unstarted(std::deque<WindowItem>* window);
    void lose(std::deque<WindowItem>* window);
    void settle_new(const DeliveryPtr& delivery, store::SettleStep* step);
    void settle_outcome(const DeliveryPtr& delivery, store::SettleStep* step);
    void drop_item(WindowItem& item);

    PartitionName name_;
    store::Ownership owner_;
    EntryId floor_, position_, step_floor_;
    SteadyTime floor_moved_{};
    std::deque<WindowItem> window_;
    std::deque<WindowItem> unparked_;  ///< events that were parked: read, with deliveries, not settled yet
    std::size_t window_deliveries_ = 0;
    std::uint64_t window_bytes_ = 0, unparked_bytes_ = 0;
    std::deque<DeliveryPtr> outcomes_;
    std::size_t ended_well_ = 0;  ///< outcomes since the last step
    std::unordered_set<std::string> held_;
    std::unordered_set<std::string> nothing_waits_;  ///< ordered endpoints
    std::vector<std::string> step_ends_;             ///< ids that leave `held_` when the step is done
    bool frees_lane_ = false;                        ///< the step makes the next delivery of a lane due
    std::chrono::milliseconds step_due_{};           ///< how long after the step its first delivery is due
    std::vector<std::string> attempts_;
    std::size_t attempts_bytes_ = 0;
    bool lost_ = false, step_under_way_ = false;
};

using PartitionPtr = std::shared_ptr<OwnedPartition>;

}  // namespace webhook::worker
