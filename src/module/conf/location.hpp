#pragma once

#include "module/ngx/ngx.hpp"

#include "module/conf/location_conf.hpp"

namespace webhook::module {

/// Makes the Location of a location that takes webhooks, from its merged directives. `own_dedup`: the
/// location itself has a webhook_dedup, or what it inherits names `by=`. A setter's result.
char* prepare_location(ngx_conf_t* cf, LocationConf* conf, bool own_dedup);

}  // namespace webhook::module
