#pragma once

#include "module/ngx/ngx.hpp"

#include "module/settings.hpp"

namespace webhook::module {

/// Lets `child` inherit from `parent` and, where the location takes webhooks, prepares it. A setter's result.
char* merge_location(ngx_conf_t* cf, const LocationConf& parent, LocationConf* child);

}  // namespace webhook::module
