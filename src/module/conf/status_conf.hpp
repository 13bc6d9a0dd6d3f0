#pragma once

#include "module/ngx/ngx.hpp"

#include "module/conf/location_conf.hpp"

namespace webhook::module {

/// Setter of `webhook_status [json|prometheus]`: the counters as this location's content.
char* set_status(ngx_conf_t* cf, ngx_command_t* command, void* data);

/// Refuses a status page without a zone, when everything was read. A setter's result.
char* check_status(ngx_conf_t* cf, const LocationConf& conf);

}  // namespace webhook::module
