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

    /// Replays also to ordered endpoints, whose order they break.
    void allow_out_of_order() { out_of_order_ = true; }
    /// Why nothing is replayed to it (the worker would only end the delivery again; its order would break);
    /// nullptr: something is.
    const char* refusal(const std::string& endpoint) const;

    struct Share {
        std::uint64_t count = 0, bytes = 0;
    };
    /// The part of max_waiting and max_waiting_bytes that one partition of the stream may have.
    Share share(const Partition& partition, const std::string& endpoint) const;

  private:
    bool is_ordered(const std::string& endpoint) const;

    Config config_;
    bool out_of_order_ = false;
    std::map<std::string, std::uint64_t> partitions_;  ///< of each stream
    mutable std::map<std::string, bool> ordered_;
    mutable std::map<std::string, Share> known_;  ///< of a whole stream
};

}  // namespace webhook::ctl
