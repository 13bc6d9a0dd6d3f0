#pragma once

#include "module/ngx/ngx.hpp"

#include "module/redis/reservations.hpp"

namespace webhook::module {

/// Derives the event's end from the response, which is about to be sent or was never made: confirm
/// when the upstream (or, without one, the location's handler) answered 2xx, release on any other answer or
/// when no upstream was reached, leave when an upstream got the request and did not answer. The first
/// `earlier` attempts do not count.
Reservations::End outcome_of(const ngx_http_request_t* request, bool answered, ngx_uint_t earlier);

/// How many attempts on upstreams this request has made.
ngx_uint_t count_attempts(const ngx_http_request_t* request);

}  // namespace webhook::module
