#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "ctl/config.hpp"
#include "ctl/partitions.hpp"

namespace webhook::ctl {

/// What a replay must know of endpoints: whether they take deliveries, and how many may wait in a partition.
class EndpointLimits {
  public:
    explicit EndpointLimits(Redis& redis);

    const Config& config() const { return config_; }

    /// Why the worker would only end a delivery to it again; nullptr: it would not.
    const char* refusal(const std::string& endpoint) const;

    struct Share {
        std::uint64_t count = 0, bytes = 0;
    };
    /// The part of max_waiting and max_waiting_bytes that one partition of the stream may have.
    Share share(const Partition& partition, const std::string& endpoint) const;

  private:
    Config config_;
    std::map<std::string, std::uint64_t> partitions_;  ///< of each stream
    mutable std::map<std::string, Share> known_;       ///< of a whole stream
};

}  // namespace webhook::ctl
