#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// The content handler of locations with webhook_stream.
ngx_int_t handle_request(ngx_http_request_t* request);

}  // namespace webhook::module
