#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// The content handler of locations with webhook_status.
ngx_int_t handle_status(ngx_http_request_t* request);

}  // namespace webhook::module
