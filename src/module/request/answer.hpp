#pragma once

#include "module/ngx/ngx.hpp"

#include "module/request/request_state.hpp"

namespace webhook::module {

/// True when the location names an error_page for this status.
bool has_error_page(const ngx_http_request_t* request, unsigned status);

/// Adds a header to the answer; both texts must live as long as the request. Throws std::bad_alloc.
ngx_table_elt_t* add_header(ngx_http_request_t* request, std::string_view name, std::string_view value);

/// Hands the whole body of an answer to a filter, or to the first: ngx_http_output_filter.
ngx_int_t pass_body(ngx_http_request_t* request, std::string_view body,
                    ngx_http_output_body_filter_pt filter);

/// Sends status and body. Without a type there is no body.
ngx_int_t send(ngx_http_request_t* request, unsigned status, std::string_view type, std::string_view body);

/// Records the verdict and logs a refusal with its reason; `reason` must live as long as the request.
/// answer() does it too: this is for a request that goes on (at a gate).
void record(RequestState* state, Verdict verdict, std::string_view reason);

/// Records the verdict and sends the answer, unless an error_page of the location wants to. The result is for
/// ngx_http_finalize_request(). `reason` must live as long as the
/// request.
ngx_int_t answer(RequestState* state, Verdict verdict, std::string_view reason);

}  // namespace webhook::module
