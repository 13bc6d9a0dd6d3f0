#pragma once

#include "module/ngx.hpp"

#include <string>

#include "module/zone.hpp"

namespace webhook::module {

/// The counters as JSON, one line.
std::string status_json(const zone::Table& table);

/// The same in the text format of Prometheus (0.0.4).
std::string status_prometheus(const zone::Table& table);

}  // namespace webhook::module
