#pragma once

#include "module/ngx/ngx.hpp"

#include <string>

namespace webhook::module {

/// Looks at the `return` and `rewrite` of the location whose configuration is being merged: nginx carries
/// them out before a request is judged. A `return` outside of `if` would answer every request unjudged and is
/// refused; a `rewrite` that may leave the location is warned about.
char* check_rewrites(ngx_conf_t* cf);

/// Makes the name by which the ids of a gate are kept apart from those of others: the first server_name and
/// the location as it is written. The same on all hosts that have this configuration.
std::string gate_name(ngx_conf_t* cf);

}  // namespace webhook::module
