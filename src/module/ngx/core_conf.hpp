#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// nginx' own configuration of the location whose directives are being read or merged.
inline ngx_http_core_loc_conf_t* core_location(ngx_conf_t* cf) {
    return static_cast<ngx_http_core_loc_conf_t*>(
        ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
}

/// nginx makes a location of each `if` block; requests that come to it are the surrounding location's.
inline bool is_if_block(ngx_conf_t* cf) {
    return core_location(cf)->noname != 0;
}

/// The configuration of another module for this location, whose type is not public; nullptr: this nginx has
/// no such module.
inline const void* foreign_location_conf(ngx_conf_t* cf, std::string_view name) {
    for (ngx_module_t** module = cf->cycle->modules; *module != nullptr; ++module) {
        if ((*module)->type != NGX_HTTP_MODULE || std::string_view((*module)->name) != name) continue;
        return static_cast<const ngx_http_conf_ctx_t*>(cf->ctx)->loc_conf[(*module)->ctx_index];
    }
    return nullptr;
}

/// The phase engine begins with the handler that was added last. NGX_OK, or NGX_ERROR.
inline ngx_int_t add_handler(ngx_conf_t* cf, ngx_http_phases phase, ngx_http_handler_pt handler) {
    auto* core =
        static_cast<ngx_http_core_main_conf_t*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    void* place = ngx_array_push(&core->phases[phase].handlers);
    if (place == nullptr) return NGX_ERROR;
    *static_cast<ngx_http_handler_pt*>(place) = handler;
    return NGX_OK;
}

}  // namespace webhook::module
