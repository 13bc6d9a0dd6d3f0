#pragma once

#include <string>
#include <vector>

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// Warns of headers (lower case) that a location reads and that nginx drops before any module sees them:
/// those whose names hold other characters than letters, digits and hyphens, unless the server says
/// otherwise.
void warn_of_dropped_headers(ngx_conf_t* cf, const std::vector<std::string>& names);

}  // namespace webhook::module
