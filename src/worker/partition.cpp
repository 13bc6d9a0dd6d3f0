#include "worker/partition.hpp"

#include <algorithm>
#include <utility>

#include "base/time.hpp"
#include "worker/records.hpp"

namespace webhook::worker {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t step_events = 2000, step_operations = 256, step_bytes = 1u << 20;
constexpr std::size_t attempts_kept = 4000, attempts_kept_bytes = 4u << 20;
constexpr std::size_t company = 8;  // so many outcomes are settled at once
constexpr std::size_t unparked_events = 256;
constexpr std::uint64_t unparked_bytes = 2u << 20;
constexpr auto patience = 1000ms;      // how long a delivery may hold up the floor
constexpr auto lease_margin = 5000ms;  // beyond the time limit of the attempt
constexpr auto sweep_after = 1000ms;   // after a settling step
constexpr auto claim_pause = 50ms;     // collects deliveries that are due at once

milliseconds lease_of(const Endpoint& endpoint) {
    return endpoint.document.timeout + lease_margin;
}

store::DeliveryEntry entry_of(const Delivery& delivery, const std::string& id, const std::string& record) {
    return {id, delivery.endpoint_id, delivery.event->entry, delivery.bytes, record};
}

/// Withdraws a delivery from the queue of its endpoint.
void withdraw(Delivery* delivery) {
    delivery->state = Delivery::State::withdrawn;
    --delivery->endpoint->queued;
}

bool is_unstarted(const WindowItem& item) {
    return std::all_of(item.deliveries.begin(), item.deliveries.end(), [](const DeliveryPtr& delivery) {
        return delivery->state == Delivery::State::queued;
    });
}

}  // namespace

OwnedPartition::OwnedPartition(const boost::asio::any_io_executor& executor, PartitionName name,
                               store::Ownership owner, EntryId floor)
    : work(executor),
      waiting_work(executor),
      parked_work(executor),
      name_(std::move(name)),
      owner_(std::move(owner)),
      floor_(floor),
      position_(floor),
      step_floor_(floor),
      floor_moved_(Clock::now()) {}

bool OwnedPartition::has_room(const WindowLimit& limit) const {
    return window_.size() < limit.events && window_deliveries_ < limit.deliveries &&
           window_bytes_ < limit.bytes;
}

WindowItem& OwnedPartition::add(WindowItem item) {
    item.read_at = Clock::now();
    if (window_.empty()) floor_moved_ = item.read_at;
    position_ = item.id;
    window_bytes_ += item.bytes;
    window_deliveries_ += item.deliveries.size();
    window_.push_back(std::move(item));
    return window_.back();
}

bool OwnedPartition::has_room_for_parked() const {
    return unparked_.size() < unparked_events && unparked_bytes_ < unparked_bytes;
}

WindowItem& OwnedPartition::add_parked(WindowItem item) {
    item.read_at = Clock::now();
    window_bytes_ += item.bytes;
    unparked_bytes_ += item.bytes;
    window_deliveries_ += item.deliveries.size();
    unparked_.push_back(std::move(item));
    return unparked_.back();
}

std::shared_ptr<Event> OwnedPartition::make_event(std::string_view entry) const {
    auto event = std::make_shared<Event>();
    event->entry = entry;
    event->stream = name_.stream;
    event->partition = name_.index;
    return event;
}

DeliveryPtr OwnedPartition::make_delivery(const EndpointPtr& endpoint, std::shared_ptr<const Event> event,
                                          std::uint64_t bytes) {
    auto delivery = std::make_shared<Delivery>();
    delivery->partition = shared_from_this();
    delivery->endpoint = endpoint;
    delivery->endpoint_id = endpoint->document.id;
    delivery->event = std::move(event);
    delivery->bytes = bytes;
    delivery->made_ms = base::now_ms();
    return delivery;
}

void OwnedPartition::ended(const DeliveryPtr& delivery) {
    delivery->state = Delivery::State::ended;
    if (lost_) return;
    if (delivery->recorded) {
        outcomes_.push_back(delivery);
    } else if (delivery->item != nullptr) {
        --delivery->item->open;
    }
    const bool blocks_lane = delivery->recorded && !delivery->lane.empty();
    if (delivery->decision.kind == Decision::Kind::delivered && !blocks_lane) return ended_well();
    work.notify();
}

void OwnedPartition::ended_well() {
    if (++ended_well_ >= company || draining) work.notify();  // else the next tick does
}

void OwnedPartition::log_attempt(std::string json) {
    if (lost_ || attempts_.size() >= attempts_kept || attempts_bytes_ >= attempts_kept_bytes) return;
    attempts_bytes_ += json.size();
    attempts_.push_back(std::move(json));
}

bool OwnedPartition::attempts_from_memory(const Endpoint& endpoint) const {
    return !endpoint.document.order || nothing_waits_.count(endpoint.document.id) != 0;
}

void OwnedPartition::order_is_free(const std::string& endpoint) {
    if (records_none_of(endpoint)) nothing_waits_.insert(endpoint);
}

bool OwnedPartition::records_none_of(const std::string& endpoint) const {
    if (step_under_way_ || lost_) return false;
    const auto is_recorded = [&](const DeliveryPtr& delivery) {
        const bool in_memory =
            delivery->state == Delivery::State::queued || delivery->state == Delivery::State::running;
        const bool done = delivery->decision.kind == Decision::Kind::delivered;
        return delivery->endpoint_id == endpoint && !in_memory && !done;
    };
    const auto has_recorded = [&](const WindowItem& item) {
        return std::any_of(item.deliveries.begin(), item.deliveries.end(), is_recorded);
    };
    const bool in_window = std::any_of(window_.begin(), window_.end(), has_recorded) ||
                           std::any_of(unparked_.begin(), unparked_.end(), has_recorded);
    const bool held = std::any_of(held_.begin(), held_.end(), [&](const std::string& id) {
        return id.substr(id.find('/') + 1).rfind(endpoint, 0) == 0;
    });
    return !in_window && !held;
}

bool OwnedPartition::parking_full(const Rules& rules) const {
    return !window_.empty() && window_.front().parks &&
           !parking.has_room(window_.front().bytes, rules.parked);
}

bool OwnedPartition::may_leave(const WindowItem& item, const Rules& rules) const {
    if (item.parks) return rules.give_back || parking.has_room(item.bytes, rules.parked);
    if (item.open == 0 || rules.give_back) return true;
    // Some endpoints have the event already and another has not started with it: that one lags and must not
    // hold up the floor. While none lags, a backlog stays in the stream and not in `waiting`.
    const bool lagging = item.open < item.deliveries.size() && rules.now - item.read_at >= patience;
    return std::all_of(item.deliveries.begin(), item.deliveries.end(), [&](const DeliveryPtr& delivery) {
        switch (delivery->state) {
            case Delivery::State::running:
                return rules.pressed || rules.now - delivery->started >= patience;
            case Delivery::State::queued:
                return lagging || delivery->endpoint->waits();
            default:
                return true;
        }
    });
}

bool OwnedPartition::build(const Rules& rules, store::SettleStep* step) {
    ended_well_ = 0;
    auto& routed = step->routed;
    const auto room = [&] {
        return routed.events < step_events && step->operations() < step_operations &&
               step->bytes() < step_bytes;
    };
    while (!window_.empty() && room() && may_leave(window_.front(), rules)) {
        settle_item(window_.front(), step);
        drop_item(window_.front());
        window_.pop_front();
    }
    if (!(floor_ == step_floor_)) {
        routed.from = floor_.text();
        routed.to = step_floor_.text();
        if (rules.keep_nothing) routed.trim_before = step_floor_.next().text();
    }
    while (!unparked_.empty() && room() && may_leave(unparked_.front(), rules)) {
        settle_parked(unparked_.front(), step);
        drop_item(unparked_.front());
        unparked_.pop_front();
    }
    while (!outcomes_.empty() && room()) {
        settle_outcome(outcomes_.front(), step);
        outcomes_.pop_front();
    }
    for (const auto& attempt : attempts_)
        step->attempt(attempt);
    attempts_.clear();
    attempts_bytes_ = 0;
    step_under_way_ = !step->empty();
    step_due_ = step->soonest();
    return step_under_way_;
}

void OwnedPartition::applied() {
    step_under_way_ = false;
    for (const auto& id : step_ends_)
        held_.erase(id);
    step_ends_.clear();
    parked_work.notify();
    may_have_dead = true;
    const auto now = Clock::now();
    next_sweep = std::min(next_sweep, now + sweep_after);
    if (std::exchange(frees_lane_, false)) step_due_ = 0ms;
    if (step_due_ != milliseconds::max()) due_at(now + std::max<milliseconds>(step_due_, claim_pause));
    if (floor_ == step_floor_) return;
    floor_ = step_floor_;
    floor_moved_ = now;
}

void OwnedPartition::due_at(SteadyTime time) {
    if (time >= next_due) return;
    next_due = time;
    waiting_work.notify();
}

void OwnedPartition::drop_item(WindowItem& item) {
    window_bytes_ -= item.bytes;
    window_deliveries_ -= item.deliveries.size();
    for (const auto& delivery : item.deliveries)
        delivery->item = nullptr;
}

void OwnedPartition::settle_item(WindowItem& item, store::SettleStep* step) {
    step_floor_ = item.id;
    if (!item.parks) return route_item(item, step);
    step->content(item.event->entry, item.event->pack());
    step->park(item.event->source(), item.event->entry, item.bytes);
    parking.parked(item.bytes);
}

void OwnedPartition::settle_parked(WindowItem& item, store::SettleStep* step) {
    route_item(item, step);
    step->unpark(item.source, item.event->entry, item.bytes);
    parking.unparked(item.bytes);
    unparked_bytes_ -= item.bytes;
}

void OwnedPartition::route_item(WindowItem& item, store::SettleStep* step) {
    auto& routed = step->routed;
    ++routed.events;
    routed.bytes += item.bytes;
    routed.created += item.deliveries.size();
    bool content = false;
    for (const auto& delivery : item.deliveries) {
        const bool ended = delivery->state == Delivery::State::ended;
        if (ended && delivery->cancelled) {
            step->new_cancelled();
        } else if (ended && delivery->decision.kind == Decision::Kind::delivered) {
            ++routed.delivered;
        } else {
            if (!content) step->content(item.event->entry, item.event->pack());
            content = true;
            settle_new(delivery, step);
        }
    }
}

void OwnedPartition::settle_new(const DeliveryPtr& delivery, store::SettleStep* step) {
    const auto& document = delivery->endpoint->document;
    const std::string id = delivery->name();
    const std::string record = delivery_record(*delivery);
    const auto entry = entry_of(*delivery, id, record);
    const store::WaitingLimit limit{owner_.share(document.max_waiting),
                                    owner_.share(document.max_waiting_bytes)};
    if (!delivery->lane.empty()) order_waits(delivery->endpoint_id);
    if (delivery->state == Delivery::State::running) {
        // It is running already, so the limit of waiting deliveries does not apply.
        step->new_waiting(entry, lease_of(*delivery->endpoint), {UINT64_MAX >> 12, UINT64_MAX >> 12});
        delivery->recorded = true;
        delivery->id = id;
        delivery->created_ms = base::now_ms();
        held_.insert(id);
        return;
    }
    if (delivery->state == Delivery::State::queued) {
        withdraw(delivery.get());
        step->new_waiting(entry, 0ms, limit);
    } else if (delivery->decision.kind == Decision::Kind::dead) {
        step->new_dead(entry, delivery->decision.reason);
    } else {
        step->new_waiting(entry, delivery->decision.delay, limit);
    }
}

void OwnedPartition::settle_outcome(const DeliveryPtr& delivery, store::SettleStep* step) {
    const std::string record = delivery_record(*delivery);
    const auto entry = entry_of(*delivery, delivery->id, record);
    step_ends_.push_back(delivery->id);
    if (!delivery->lane.empty()) frees_lane_ = true;
    if (delivery->cancelled) return step->cancelled(entry);
    switch (delivery->decision.kind) {
        case Decision::Kind::delivered:
            return step->delivered(entry);
        case Decision::Kind::retry:
            return step->retry(entry, delivery->decision.delay);
        case Decision::Kind::dead:
            return step->dead(entry, delivery->decision.reason);
    }
}

std::vector<Endpoint*> OwnedPartition::blocking() const {
    std::vector<Endpoint*> found;
    if (window_.empty()) return found;
    for (const auto& delivery : window_.front().deliveries) {
        if (delivery->state == Delivery::State::queued) found.push_back(delivery->endpoint.get());
    }
    return found;
}

/// Takes the event's deliveries back; none of them has started.
void OwnedPartition::withdraw_all(WindowItem& item) {
    for (const auto& delivery : item.deliveries) {
        if (delivery->state == Delivery::State::queued) withdraw(delivery.get());
    }
    drop_item(item);
}

void OwnedPartition::withdraw_unstarted(std::deque<WindowItem>* window) {
    while (!window->empty() && is_unstarted(window->back())) {
        withdraw_all(window->back());
        window->pop_back();
    }
}

void OwnedPartition::withdraw_unstarted() {
    withdraw_unstarted(&window_);
    withdraw_unstarted(&unparked_);
}

void OwnedPartition::hold_back(std::string_view source) {
    for (auto item = window_.rbegin(); item != window_.rend(); ++item) {
        if (item->event->source() != source || item->parks) continue;
        if (!is_unstarted(*item)) break;
        withdraw_all(*item);
        item->deliveries.clear();
        window_bytes_ += item->bytes;
        item->open = 0;
        item->parks = true;
        parking.add(source);
    }
    work.notify();
}

void OwnedPartition::lose(std::deque<WindowItem>* window) {
    for (auto& item : *window) {
        for (const auto& delivery : item.deliveries) {
            if (delivery->state == Delivery::State::queued) withdraw(delivery.get());
            delivery->item = nullptr;
        }
    }
    window->clear();
}

void OwnedPartition::lose() {
    lost_ = true;
    lose(&window_);
    lose(&unparked_);
    outcomes_.clear();
    attempts_.clear();
    held_.clear();
    step_under_way_ = false;
    work.notify();
    waiting_work.notify();
    parked_work.notify();
}

}  // namespace webhook::worker
