#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ctl/partitions.hpp"
#include "ctl/redis.hpp"

namespace webhook::ctl {

/// The waiting deliveries of one endpoint in one partition.
struct WaitingCount {
    Partition partition;
    std::string endpoint;
    std::int64_t count = 0;
};

/// All of them, of all streams or one; read in slices.
std::vector<WaitingCount> read_waiting(Redis& redis, std::string_view stream = {});

/// Counts the waiting deliveries of every endpoint that has some, over all streams.
std::map<std::string, std::int64_t> count_waiting(Redis& redis);

/// Counts the dead letters of every endpoint that has some, over all streams.
std::map<std::string, std::int64_t> count_dead(Redis& redis);

/// Says what deleting an endpoint with `count` waiting deliveries does: ", 3 waiting deliveries are
/// cancelled"; nothing for none.
std::string cancelled_text(std::int64_t waiting);

}  // namespace webhook::ctl
