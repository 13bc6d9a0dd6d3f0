#include "link/address_order.hpp"

#include <algorithm>

namespace webhook::link {

using boost::asio::ip::address;

/// Adds an address. If the table is full even without expired entries, all are dropped: that costs one more
/// try of each.
void FailedAddresses::add(const address& failed, Clock::time_point now) {
    if (until_.size() >= most)
        std::erase_if(until_, [now](const auto& entry) { return entry.second <= now; });
    if (until_.size() >= most) until_.clear();
    until_[failed] = now + remembered;
}

bool FailedAddresses::has(const address& failed, Clock::time_point now) const {
    const auto found = until_.find(failed);
    return found != until_.end() && found->second > now;
}

std::vector<address> in_order(const std::vector<address>& addresses, const FailedAddresses& failed,
                              Clock::time_point now) {
    if (addresses.size() < 2) return addresses;
    const bool preferred = addresses.front().is_v6();
    std::vector<address> first, second, order;
    for (const address& one : addresses)
        (one.is_v6() == preferred ? first : second).push_back(one);
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) order.push_back(first[i]);
        if (i < second.size()) order.push_back(second[i]);
    }
    std::stable_partition(order.begin(), order.end(),
                          [&](const address& one) { return !failed.has(one, now); });
    return order;
}

}  // namespace webhook::link
