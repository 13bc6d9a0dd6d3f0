#include "worker/routing.hpp"

namespace webhook::worker {

namespace {

/// Returns whether a new event must be parked: its source is paused, or older events of it still are.
bool is_parked(const Core& core, const OwnedPartition& partition, std::string_view source) {
    return core.paused_sources.count(source) != 0 || partition.parking.holds(source);
}

/// Makes the deliveries of an event. An endpoint that cannot take any now gets them as ended: they wait in
/// Redis.
void make_deliveries(Core& core, const PartitionPtr& partition, WindowItem* item) {
    const auto& wanted = core.endpoints.route(*item->event);
    const auto now = Clock::now();
    item->deliveries.reserve(wanted.size());
    for (const auto& endpoint : wanted) {
        auto delivery = partition->make_delivery(endpoint, item->event, item->bytes);
        endpoint->last_routed = now;
        if (endpoint->document.order) delivery->lane = lane_name(*item->event);
        if (endpoint->waits() || !partition->attempts_from_memory(*endpoint)) {
            delivery->state = Delivery::State::ended;
            delivery->decision = not_attempted;
            delivery->error = endpoint->problem;
        } else {
            ++item->open;
        }
        item->deliveries.push_back(std::move(delivery));
    }
}

void submit(Core& core, const PartitionPtr& partition, WindowItem& kept) {
    for (const auto& delivery : kept.deliveries)
        delivery->item = &kept;
    for (const auto& delivery : kept.deliveries) {
        if (delivery->state == Delivery::State::queued) core.dispatcher.submit(delivery);
    }
    if (kept.open == 0) partition->work.notify();
}

}  // namespace

void route(Core& core, const PartitionPtr& partition, WindowItem item) {
    const std::string_view source = item.event->source();
    if (is_parked(core, *partition, source)) {
        item.parks = true;
        partition->parking.add(source);
    } else {
        make_deliveries(core, partition, &item);
    }
    submit(core, partition, partition->add(std::move(item)));
}

void route_parked(Core& core, const PartitionPtr& partition, WindowItem item) {
    const bool lost = item.event->fields.empty();  // then it is routed to nobody
    if (!lost) make_deliveries(core, partition, &item);
    submit(core, partition, partition->add_parked(std::move(item)));
}

}  // namespace webhook::worker
