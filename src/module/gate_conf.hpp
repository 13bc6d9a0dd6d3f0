#pragma once

#include "module/ngx.hpp"

namespace webhook::module {

/// Looks at the `return` and `rewrite` of the gate's location whose configuration is being merged: nginx carries them out
/// before a gate is asked. A `return` outside of `if` would answer every request unjudged and is refused; a `rewrite`
/// that may leave the location is warned about.
char* check_rewrites(ngx_conf_t* cf);

}  // namespace webhook::module
