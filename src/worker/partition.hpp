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

namespace webhook::worker {

using store::EntryId;

/// One event that has been read and is not settled yet, with its deliveries.
struct WindowItem {
    EntryId id;
    std::shared_ptr<const Event> event;
    std::uint64_t bytes = 0;
    std::vector<DeliveryPtr> deliveries;
    unsigned open = 0;  ///< deliveries that have not ended
    SteadyTime read_at{};
};

/// Which partition; the order is the one in which partitions are shared out.
struct PartitionName {
    std::string stream;
    unsigned index = 0;
    auto operator<=>(const PartitionName&) const = default;  // NOLINT(modernize-use-nullptr)
    std::string text() const { return stream + ":" + std::to_string(index); }
};

/// What may be read ahead of the floor, per partition.
struct WindowLimit {
    std::size_t events = 1024, deliveries = 8192;
    std::uint64_t bytes = 8u << 20;
};

/// A partition while this worker owns it, from acquisition to release or loss: the window of events between
/// floor and read position, and outcomes that wait for the next settling step. Acquired again it is a new
/// object.
class Partition : public std::enable_shared_from_this<Partition> {
  public:
    Partition(const boost::asio::any_io_executor& executor, PartitionName name, store::Ownership owner,
              EntryId floor);

    const PartitionName& name() const { return name_; }
    const store::Ownership& owner() const { return owner_; }

    // Reading.
    const EntryId& position() const { return position_; }
    bool has_room(const WindowLimit& limit) const;
    /// Puts an event with its deliveries at the end; `item.open` counts those that will end.
    WindowItem& add(WindowItem item);

    // Deliveries.
    std::shared_ptr<Event> make_event(std::string_view entry) const;  ///< its fields are to be filled in
    DeliveryPtr make_delivery(const EndpointPtr& endpoint, std::shared_ptr<const Event> event,
                              std::uint64_t bytes);
    /// A delivery of ours has ended (its decision is set).
    void ended(const DeliveryPtr& delivery);
    /// A claimed delivery; false when it is in memory already.
    bool hold(const std::string& id) { return held_.insert(id).second; }
    bool holds_any() const { return !held_.empty() || !window_.empty() || step_under_way_; }
    void log_attempt(std::string json);

    // Settling.
    /// What is allowed to leave the window before it has ended.
    struct Rules {
        SteadyTime now;
        bool pressed = false;       ///< the window is full and the floor stands still
        bool give_back = false;     ///< nothing may stay: the partition is handed over
        bool keep_nothing = false;  ///< no retention: settled events leave the stream at once
    };
    /// Fills a step with as much as a step should do. False: nothing to settle now.
    bool build(const Rules& rules, store::SettleStep* step);
    /// The step that was built last has been done.
    void applied();
    const EntryId& floor() const { return floor_; }
    SteadyTime floor_moved() const { return floor_moved_; }
    bool window_empty() const { return window_.empty(); }
    /// Endpoints whose queued deliveries keep the first event from being settled.
    std::vector<Endpoint*> blocking() const;

    /// Withdraws read events of which no delivery has begun: the next owner reads them again.
    void withdraw_unstarted();
    /// The partition is not ours any more: everything in memory is forgotten, attempts under way run out
    /// unheard.
    void lose();
    bool lost() const { return lost_; }

    bool draining = false;  ///< nothing new is read or claimed; it is to be released
    SteadyTime drain_until{};
    link::Wakeup work;          ///< something to settle
    link::Wakeup waiting_work;  ///< something to claim
    bool check_all = true;      ///< endpoints with waiting deliveries must be compared with the configuration
    SteadyTime read_at{};       ///< until when its events were last asked for

    /// A waiting delivery will be due then (min(): look in any case).
    void due_at(SteadyTime time);
    SteadyTime next_due =
        SteadyTime::min();  ///< when Redis is to be asked for due deliveries; max(): nothing waits
    SteadyTime next_sweep = SteadyTime::min();  ///< when something may have to be trimmed

  private:
    bool may_leave(const WindowItem& item, const Rules& rules) const;
    void settle_item(WindowItem& item, store::SettleStep* step);
    void settle_new(const DeliveryPtr& delivery, store::SettleStep* step);
    void settle_outcome(const DeliveryPtr& delivery, store::SettleStep* step);
    void drop_item(WindowItem& item);

    PartitionName name_;
    store::Ownership owner_;
    EntryId floor_, position_, step_floor_;
    SteadyTime floor_moved_{};
    std::deque<WindowItem> window_;
    std::size_t window_deliveries_ = 0;
    std::uint64_t window_bytes_ = 0;
    std::deque<DeliveryPtr> outcomes_;
    std::unordered_set<std::string> held_;
    std::vector<std::string> step_ends_;    ///< ids that are no longer held once the step is done
    std::chrono::milliseconds step_due_{};  ///< how long after the step a delivery of it is due
    std::vector<std::string> attempts_;
    std::size_t attempts_bytes_ = 0;
    bool lost_ = false, step_under_way_ = false;
};

using PartitionPtr = std::shared_ptr<Partition>;

}  // namespace webhook::worker
