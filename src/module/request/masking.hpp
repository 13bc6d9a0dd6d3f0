#pragma once

#include "module/ngx/ngx.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "event/param_mask.hpp"

namespace webhook::module {

using event::masked_text;

using ParamNames = std::vector<std::string>;

/// Finds the query parameters whose values are secret: those of the location's scheme; for an error page,
/// whose first location is not known any more, those of all locations.
const ParamNames& secret_params(ngx_http_request_t* request);

/// Returns the query with the values of the parameters named in `secret` masked; itself when it has none.
std::string_view mask_query(ngx_pool_t* pool, const ParamNames& secret, std::string_view query);

/// Returns the URI as the client sent it, without what mask_request_line() has masked by now.
std::string_view shown_uri(const ngx_http_request_t* request);

/// Returns that URI with secret parameters masked for this request, too; also those that are hidden in the
/// path ("%3Ftoken=").
std::string masked_uri(ngx_http_request_t* request);

/// Masks the request line, which nginx prints in the error log and in the usual access logs, and leaves the
/// query out of the upstream's URI in the error log. A handler of the rewrite phase: NGX_DECLINED, or 500
/// when memory is out.
ngx_int_t mask_request_line(ngx_http_request_t* request);

/// Postconfiguration: has the line masked as soon as the location is known, before any module can refuse the
/// request.
ngx_int_t install_masking(ngx_conf_t* cf);

}  // namespace webhook::module
