#pragma once

#include "module/ngx.hpp"

#include "module/reservations.hpp"

namespace webhook::module {

/// What the answer to a request, which is about to be sent or was never made, says about the event: confirm when the
/// upstream (or, without one, the location's handler) answered 2xx, release on any other answer or when no upstream was
/// reached, leave when an upstream got the request and did not answer.
Reservations::End outcome_of(const ngx_http_request_t* request, bool answered);

}  // namespace webhook::module
