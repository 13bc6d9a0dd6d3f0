#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// Setter of `webhook_scheme NAME { ... }`: reads the block and adds the scheme to those of the
/// configuration.
char* set_scheme_block(ngx_conf_t* cf, ngx_command_t* command, void* data);

}  // namespace webhook::module
