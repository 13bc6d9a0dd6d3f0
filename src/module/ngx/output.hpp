#pragma once

#include "module/ngx/ngx.hpp"

#include <string_view>

namespace webhook::module {

/// True when the location names an error_page for this status.
bool has_error_page(const ngx_http_request_t* request, unsigned status);

/// Adds a header to the response; both texts must live as long as the request. Throws std::bad_alloc.
ngx_table_elt_t* add_header(ngx_http_request_t* request, std::string_view name, std::string_view value);

/// Hands the whole body of a response to a filter, or to the first: ngx_http_output_filter.
ngx_int_t pass_body(ngx_http_request_t* request, std::string_view body,
                    ngx_http_output_body_filter_pt filter);

/// Sends status and body. Without a type there is no body.
ngx_int_t send(ngx_http_request_t* request, unsigned status, std::string_view type, std::string_view body);

}  // namespace webhook::module
