#pragma once

#include "module/ngx/ngx.hpp"

#include "module/request/request_state.hpp"

namespace webhook::module {

/// Judges the request, whose body was gathered: verifies the signature, finds id, type, source and tenant,
/// looks whether the type is wanted. Verdict::none: a genuine event to be taken; else the verdict and its
/// reason.
Verdict examine(RequestState* state, std::string_view* reason);

/// Answers a method that the scheme does not take; for ngx_http_finalize_request().
ngx_int_t refuse_method(RequestState* state);

}  // namespace webhook::module
