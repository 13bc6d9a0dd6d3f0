#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// Setter of `webhook_zone NAME SIZE`.
char* set_zone(ngx_conf_t* cf, ngx_command_t* command, void* data);

}  // namespace webhook::module
