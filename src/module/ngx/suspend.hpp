#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// Suspends the request until Redis has answered; a client that leaves is noticed meanwhile. NGX_DONE, or
/// NGX_ERROR.
ngx_int_t suspend(ngx_http_request_t* request);

/// Ends the request from outside nginx' HTTP code (a reply of Redis); it may be gone afterwards.
void finalize_from_outside(ngx_http_request_t* request, ngx_int_t result);

/// Goes on with the request's phases from outside nginx' HTTP code; it may be gone afterwards.
void resume_from_outside(ngx_http_request_t* request);

}  // namespace webhook::module
