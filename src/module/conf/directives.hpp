#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// The module's directives, for ngx_module_t.
extern ngx_command_t directives[];

/// Refuses the configuration: an emerg message at the current line, and what a setter returns then.
char* refuse(ngx_conf_t* cf, const char* format, ...);

}  // namespace webhook::module
