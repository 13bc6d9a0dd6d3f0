#pragma once

#include "module/ngx.hpp"

#include "module/request_state.hpp"

namespace webhook::module {

/// Judges the request, whose body was gathered: verifies the signature, finds id, type, source and tenant, looks whether
/// the type is wanted. Verdict::none: a genuine event to be taken; else the verdict and its reason.
Verdict examine(RequestState* state, std::string_view* reason);

/// The answer to a method that the scheme does not take; for ngx_http_finalize_request().
ngx_int_t refuse_method(RequestState* state);

/// Masks secret query parameters in the request line: nginx prints it in every line of the error log and in the usual
/// access logs.
void hide_secret_params(ngx_http_request_t* request, const signature::Scheme& scheme);

}  // namespace webhook::module
