#include "worker/lanes.hpp"

#include <algorithm>
#include <utility>

#include "base/digest.hpp"
#include "store/entry_id.hpp"

namespace webhook::worker {

namespace {

constexpr std::size_t name_bytes = 8;

bool is_before(const Delivery& a, const Delivery& b) {
    store::EntryId first, second;
    store::EntryId::parse(a.event->entry, &first);
    store::EntryId::parse(b.event->entry, &second);
    return first < second;
}

}  // namespace

std::string lane_name(const Event& event) {
    const std::string_view key = event.field("partitionkey");
    if (key.empty()) return "0";
    return base::to_hex(base::digest_of(base::Hash::sha256, key).view().substr(0, name_bytes));
}

bool Lanes::enter(const DeliveryPtr& delivery) {
    const auto [lane, fresh] = lanes_.try_emplace(key_of(*delivery));
    if (fresh) return true;
    auto& kept = lane->second;
    const auto place = std::find_if(kept.rbegin(), kept.rend(),
                                    [&](const DeliveryPtr& other) { return !is_before(*delivery, *other); });
    kept.insert(place.base(), delivery);
    return false;
}

DeliveryPtr Lanes::next(const Delivery& ended) {
    const auto lane = lanes_.find(key_of(ended));
    if (lane == lanes_.end()) return nullptr;
    auto& kept = lane->second;
    while (!kept.empty()) {
        DeliveryPtr delivery = std::move(kept.front());
        kept.pop_front();
        if (delivery->state == Delivery::State::queued) return delivery;
    }
    lanes_.erase(lane);
    return nullptr;
}

std::vector<DeliveryPtr> Lanes::remove(const Delivery& ended) {
    const auto lane = lanes_.find(key_of(ended));
    if (lane == lanes_.end()) return {};
    std::vector<DeliveryPtr> kept(lane->second.begin(), lane->second.end());
    lanes_.erase(lane);
    return kept;
}

}  // namespace webhook::worker
