#pragma once

#include "module/ngx.hpp"

#include "module/request_state.hpp"

namespace webhook::module {

/// Makes the view of the body that nginx has read: memory buffers where they lie, a temporary file read into
/// one buffer. False when that file cannot be read.
bool gather_body(RequestState* state);

}  // namespace webhook::module
