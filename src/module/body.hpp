#pragma once

#include "module/ngx.hpp"

#include "module/request_state.hpp"

namespace webhook::module {

/// Makes the view of the body that nginx has read: memory buffers where they lie, a temporary file read into
/// one buffer. False when that file cannot be read.
bool gather_body(RequestState* state);

/// True in a subrequest of auth_request: nginx has not read the client's body, and nobody may read it there; it gives the
/// subrequest an empty one.
bool lacks_body(const ngx_http_request_t* request);

}  // namespace webhook::module
