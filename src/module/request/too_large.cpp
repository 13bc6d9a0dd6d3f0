#include "module/request/too_large.hpp"

#include "module/ngx/output.hpp"
#include "module/ngx/pool.hpp"
#include "module/request/answer.hpp"
#include "module/request/masking.hpp"
#include "module/request/reply.hpp"
#include "module/request/request_state.hpp"
#include "module/settings.hpp"
#include "module/verdict.hpp"

namespace webhook::module {

namespace {

ngx_http_output_header_filter_pt next_header_filter;
ngx_http_output_body_filter_pt next_body_filter;

/// Records the verdict, which is ours although nginx found it. nullptr when memory is out.
RequestState* judge_body(ngx_http_request_t* request) {
    return guarded(request->connection->log, static_cast<RequestState*>(nullptr), [request] {
        RequestState* state = find_state(request);
        if (state == nullptr) state = make_state(request, location_of(request));
        state->refused_body = true;
        mask_request_line(request);  // nginx found it before the rewrite phase
        record(state, Verdict::too_large, "the body is over client_max_body_size");
        return state;
    });
}

bool compose(const RequestState& state, ComposedReply* reply) {
    return guarded(state.request->connection->log, false, [&] {
        *reply = compose_reply(state);
        return true;
    });
}

ngx_int_t filter_header(ngx_http_request_t* request) {
    if (!is_refused_body(request)) return next_header_filter(request);
    const RequestState* state = judge_body(request);
    ComposedReply reply{};
    if (state == nullptr || !compose(*state, &reply) || reply.status == NGX_HTTP_CLOSE) return NGX_ERROR;
    request->err_status = reply.status;
    request->headers_out.status = reply.status;
    request->headers_out.content_length_n = static_cast<off_t>(reply.body.size());
    request->headers_out.content_type = to_ngx(reply.type);
    request->headers_out.content_type_len = reply.type.size();
    return next_header_filter(request);
}

/// nginx sends its page as one chain.
ngx_int_t filter_body(ngx_http_request_t* request, ngx_chain_t* in) {
    const RequestState* state = in == nullptr ? nullptr : own_state(request);
    if (state == nullptr || !state->refused_body) return next_body_filter(request, in);
    ComposedReply reply{};
    if (!compose(*state, &reply)) return NGX_ERROR;
    return pass_body(request, reply.body, next_body_filter);
}

}  // namespace

bool is_refused_body(ngx_http_request_t* request) {
    constexpr unsigned status = NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    if (request->err_status != status || location_of(request) == nullptr) return false;
    // nginx sets the mark, too, when the location's pages are for other statuses only.
    if (request->error_page && has_error_page(request, status)) return false;
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
