#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "ctl/json.hpp"
#include "ctl/redis.hpp"

namespace webhook::ctl {

/// How an endpoint fares: as the workers wrote it, or as far as the attempt log shows it.
struct Health {
    std::string state;       ///< as store::Health says it; empty: nothing is known
    std::int64_t since = 0;  ///< of the state; ms; 0: unknown
    std::int64_t last_success = 0, last_error_at = 0;
    std::string last_error;
    std::int64_t held_until = 0;  ///< no attempts before: Retry-After, or an open breaker
    bool breaker_open = false;

    std::string text(std::int64_t now) const;               ///< "failing for 5m"
    std::string last_success_text(std::int64_t now) const;  ///< "5m ago"
    std::string last_error_text(std::int64_t now) const;    ///< "status 500, 5m ago"
    Json json() const;
};

/// Of all endpoints of which something is known: holds, failures that the workers have noted. The hash
/// `webhook:{config}:health` (see docs/design.md) counts; of endpoints that are not in it the newest part of
/// the attempt log is looked at.
std::map<std::string, Health> read_health(Redis& redis);

/// One value of that hash; empty for what is none.
Health parse_health(std::string_view json);

}  // namespace webhook::ctl
