#include "ctl/endpoint_limits.hpp"

#include <algorithm>

namespace webhook::ctl {

EndpointLimits::EndpointLimits(Redis& redis) : config_(read_config(redis)) {
    for (const auto& partition : find_partitions(redis))
        ++partitions_[partition.stream];
}

const char* EndpointLimits::refusal(const std::string& endpoint) const {
    if (config_.documents.count(endpoint) == 0) return "its endpoint does not exist any more";
    if (config_.disabled.count(endpoint) != 0)
        return "its endpoint is disabled: webhookctl endpoint resume first";
    if (!out_of_order_ && is_ordered(endpoint))
        return "its endpoint is ordered (\"order\": true), and later events may have gone: --out-of-order "
               "replays it all the same";
    return nullptr;
}

bool EndpointLimits::is_ordered(const std::string& endpoint) const {
    const auto [known, fresh] = ordered_.try_emplace(endpoint);
    if (fresh) {
        const auto document = read_document(config_.documents.at(endpoint));
        known->second = document && document->order;
    }
    return known->second;
}

EndpointLimits::Share EndpointLimits::share(const Partition& partition, const std::string& endpoint) const {
    auto [known, fresh] = known_.try_emplace(endpoint);
    if (fresh) {
        endpoint::Document document;
        const auto found = config_.documents.find(endpoint);
        if (found != config_.documents.end()) {
            if (const auto stored = read_document(found->second)) document = *stored;
        }
        known->second = {document.max_waiting, document.max_waiting_bytes};
    }
    const auto found = partitions_.find(partition.stream);
    const std::uint64_t shares = found == partitions_.end() ? 1 : found->second;
    return {std::max<std::uint64_t>(1, known->second.count / shares),
            std::max<std::uint64_t>(1, known->second.bytes / shares)};
}

}  // namespace webhook::ctl
