#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// Makes $webhook_verdict and the others known.
ngx_int_t add_variables(ngx_conf_t* cf);

}  // namespace webhook::module
