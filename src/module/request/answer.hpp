#pragma once

#include "module/ngx/ngx.hpp"

#include "module/request/request_state.hpp"

namespace webhook::module {

/// Records the verdict and logs a refusal with its reason; `reason` must live as long as the request.
/// answer() does it too: this is for a request that goes on (at a gate).
void record(RequestState* state, Verdict verdict, std::string_view reason);

/// Records the verdict and sends the answer, unless an error_page of the location wants to. The result is for
/// ngx_http_finalize_request(). `reason` must live as long as the
/// request.
ngx_int_t answer(RequestState* state, Verdict verdict, std::string_view reason);

}  // namespace webhook::module
