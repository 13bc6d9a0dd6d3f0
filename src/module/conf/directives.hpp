#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// The module's directives, for ngx_module_t.
extern ngx_command_t directives[];

}  // namespace webhook::module
