#pragma once

#include "module/ngx.hpp"

namespace webhook::module {

/// nginx' own configuration of the location whose directives are being read or merged.
inline ngx_http_core_loc_conf_t* core_location(ngx_conf_t* cf) {
    return static_cast<ngx_http_core_loc_conf_t*>(
        ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
}

}  // namespace webhook::module
