#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// True for a response to a body over client_max_body_size in one of our locations. nginx refuses those
/// itself, before or while the body is read, and no error_page has taken it over.
bool is_refused_body(ngx_http_request_t* request);

/// Postconfiguration: gives such responses our JSON in place of nginx' page.
ngx_int_t install_too_large_filters(ngx_conf_t* cf);

}  // namespace webhook::module
