#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "ctl/redis.hpp"

namespace webhook::ctl {

/// Counts the waiting deliveries of every endpoint that has some, over all streams.
std::map<std::string, std::int64_t> count_waiting(Redis& redis);

/// Says what deleting an endpoint with `count` waiting deliveries does: ", 3 waiting deliveries are
/// cancelled"; nothing for none.
std::string cancelled_text(std::int64_t waiting);

}  // namespace webhook::ctl
