#include "module/too_large.hpp"

#include "module/request_state.hpp"
#include "module/settings.hpp"
#include "module/verdict.hpp"

namespace webhook::module {

namespace {

ngx_http_output_header_filter_pt next_header_filter;
ngx_http_output_body_filter_pt next_body_filter;

ngx_int_t filter_header(ngx_http_request_t* request) {
    if (is_refused_body(request)) {
        request->headers_out.content_length_n = static_cast<off_t>(info_of(Verdict::too_large).answer.size());
        ngx_str_set(&request->headers_out.content_type, "application/json");
        request->headers_out.content_type_len = request->headers_out.content_type.len;
    }
    return next_header_filter(request);
}

/// nginx sends its page as one chain.
ngx_int_t filter_body(ngx_http_request_t* request, ngx_chain_t* in) {
    if (in == nullptr || !is_refused_body(request)) return next_body_filter(request, in);
    auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(request->pool));
    if (buffer == nullptr) return NGX_ERROR;
    const std::string_view body = info_of(Verdict::too_large).answer;
    buffer->pos = to_ngx(body).data;
    buffer->last = buffer->pos + body.size();
    buffer->memory = 1;
    buffer->last_buf = request == request->main ? 1 : 0;
    buffer->last_in_chain = 1;
    ngx_chain_t out{buffer, nullptr};
    return next_body_filter(request, &out);
}

}  // namespace

bool is_refused_body(ngx_http_request_t* request) {
    if (request->err_status != NGX_HTTP_REQUEST_ENTITY_TOO_LARGE || request->error_page) return false;
    if (location_conf(request)->location == nullptr) return false;
    const RequestState* state = find_state(request);
    return state == nullptr || state->verdict == Verdict::none;
}

ngx_int_t install_too_large_filters(ngx_conf_t* /*cf*/) {
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = filter_header;
    next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = filter_body;
    return NGX_OK;
}

}  // namespace webhook::module
