#pragma once

#include "module/ngx.hpp"

#include "module/request_state.hpp"

namespace webhook::module {

/// Fills in what is stored beside id, type, source and tenant: time, query (secrets masked), headers, body.
void complete_event(RequestState* state);

/// The query with the values of the scheme's secret parameters replaced by "***"; itself when it has none.
std::string_view mask_query(ngx_pool_t* pool, const signature::Scheme& scheme, std::string_view query);

/// The request's URI as it came, its query masked.
std::string masked_uri(ngx_http_request_t* request, const signature::Scheme& scheme);

}  // namespace webhook::module
