#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// While Redis is asked, a client that leaves must be noticed. NGX_DONE, or NGX_ERROR.
ngx_int_t park(ngx_http_request_t* request);

/// Ends the request from outside nginx' HTTP code (a reply of Redis); it may be gone afterwards.
void finalize_from_outside(ngx_http_request_t* request, ngx_int_t result);

/// Goes on with the request's phases from outside nginx' HTTP code; it may be gone afterwards.
void resume_from_outside(ngx_http_request_t* request);

}  // namespace webhook::module
