#pragma once

#include "module/ngx/ngx.hpp"

#include <cstdint>

#include "module/settings.hpp"

namespace webhook::module {

/// Adds this worker process to the zone, and publishes its state there every second; nothing without a zone.
void join_zone(MainSettings* main, ngx_log_t* log);
void leave_zone(MainSettings* main);

/// Publishes at once the requests and connections of this process.
void publish(MainSettings* main);

/// True when the process lives.
bool is_alive(std::uint64_t pid);

}  // namespace webhook::module
