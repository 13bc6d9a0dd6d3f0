#pragma once

#include "module/ngx/ngx.hpp"

#include "module/request/request_state.hpp"

namespace webhook::module {

/// Fills in the fields that are stored in addition to id, type, source and tenant: time, query (secrets
/// masked), headers, body.
void complete_event(RequestState* state);

}  // namespace webhook::module
