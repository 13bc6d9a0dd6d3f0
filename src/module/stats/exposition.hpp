#pragma once

#include "module/ngx/ngx.hpp"

#include <string>

#include "module/settings.hpp"

namespace webhook::module {

/// The counters as JSON, one line. There must be a webhook_zone.
std::string status_json(const MainSettings& main);

/// The counters in the text format of Prometheus (0.0.4).
std::string status_prometheus(const MainSettings& main);

}  // namespace webhook::module
