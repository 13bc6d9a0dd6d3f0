#include "module/request/answer.hpp"

#include <algorithm>
#include <new>
#include <string>

#include "base/visible.hpp"
#include "module/conf/respond.hpp"
#include "module/request/challenge.hpp"
#include "module/request/counters.hpp"

namespace webhook::module {

namespace {

void log_verdict(const RequestState& state) {
    const Verdict verdict = state.verdict;
    const ngx_uint_t level = verdict == Verdict::conflict ? NGX_LOG_WARN : NGX_LOG_INFO;
    if (verdict == Verdict::accepted || verdict == Verdict::duplicate || verdict == Verdict::ignored) return;
    if (state.request->connection->log->log_level < level) return;
    const std::string_view name = info_of(verdict).name;
    const std::string_view scheme = signature::name_of(*state.location->scheme);
    // The sender chose the id, and the reason may hold words of the request.
    const std::string id = base::visible(state.event.id), reason = base::visible(state.reason);
    const std::string_view label = id.empty() ? "" : ", id ";
    ngx_log_error(level, state.request->connection->log, 0, "webhook %*s: %*s, scheme \"%*s\"%*s%*s%s",
                  name.size(), name.data(), reason.size(), reason.data(), scheme.size(), scheme.data(),
                  label.size(), label.data(), id.size(), id.data(),
                  state.location->dry_run ? ", dry run" : "");
}

void add_headers(const RequestState& state, unsigned status) {
    ngx_http_request_t* request = state.request;
    if (status == NGX_HTTP_UNAUTHORIZED) {
        request->headers_out.www_authenticate = add_header(request, "WWW-Authenticate", "Webhook");
    } else if (status == NGX_HTTP_SERVICE_UNAVAILABLE || status == NGX_HTTP_TOO_MANY_REQUESTS) {
        add_header(request, "Retry-After", "1");
    } else if (status == NGX_HTTP_NOT_ALLOWED) {
        add_header(request, "Allow", signature::allowed_methods(*state.location->scheme));
    }
}

/// True when an error_page of the location answers this status: nginx' own condition.
bool takes_error_page(const ngx_http_request_t* request, unsigned status) {
    return status >= NGX_HTTP_SPECIAL_RESPONSE && !request->error_page && request->uri_changes != 0 &&
           has_error_page(request, status);
}

}  // namespace

bool has_error_page(const ngx_http_request_t* request, unsigned status) {
    const auto* core = static_cast<const ngx_http_core_loc_conf_t*>(
        ngx_http_get_module_loc_conf(request, ngx_http_core_module));
    if (core->error_pages == nullptr) return false;
    const auto* page = static_cast<const ngx_http_err_page_t*>(core->error_pages->elts);
    return std::any_of(page, page + core->error_pages->nelts, [status](const ngx_http_err_page_t& each) {
        return each.status == static_cast<ngx_int_t>(status);
    });
}

ngx_table_elt_t* add_header(ngx_http_request_t* request, std::string_view name, std::string_view value) {
    auto* header = static_cast<ngx_table_elt_t*>(ngx_list_push(&request->headers_out.headers));
    if (header == nullptr) throw std::bad_alloc();
    *header = ngx_table_elt_t{};
    header->hash = 1;
    header->key = to_ngx(name);
    header->value = to_ngx(value);
    return header;
}

ngx_int_t pass_body(ngx_http_request_t* request, std::string_view body,
                    ngx_http_output_body_filter_pt filter) {
    auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(request->pool));
    if (buffer == nullptr) return NGX_ERROR;
    buffer->pos = to_ngx(body).data;
    buffer->last = buffer->pos + body.size();
    buffer->memory = body.empty() ? 0 : 1;
    buffer->last_buf = request == request->main ? 1 : 0;
    buffer->sync = body.empty() && request != request->main ? 1 : 0;
    buffer->last_in_chain = 1;
    ngx_chain_t out{buffer, nullptr};
    return filter(request, &out);
}

ngx_int_t send(ngx_http_request_t* request, unsigned status, std::string_view type, std::string_view body) {
    ngx_http_clear_accept_ranges(request);
    request->disable_not_modified = 1;  // a 412 for If-Match would deny what is stored
    request->headers_out.status = status;
    request->headers_out.content_length_n = static_cast<off_t>(body.size());
    request->headers_out.content_type = to_ngx(type);
    request->headers_out.content_type_len = type.size();
    request->headers_out.content_type_lowcase = nullptr;
    const ngx_int_t result = ngx_http_send_header(request);
    if (result == NGX_ERROR || result > NGX_OK || request->header_only) return result;
    return pass_body(request, body, ngx_http_output_filter);
}

void record(RequestState* state, Verdict verdict, std::string_view reason) {
    state->verdict = verdict;
    state->reason = reason;
    log_verdict(*state);
    count_verdict(state);
}

ngx_int_t answer(RequestState* state, Verdict verdict, std::string_view reason) {
    record(state, verdict, reason);
    if (verdict == Verdict::challenge && state->handshake != nullptr) return send_handshake(state);
    const Reply reply = compose_reply(*state);
    if (reply.status == NGX_HTTP_CLOSE) return NGX_HTTP_CLOSE;
    add_headers(*state, reply.status);
    if (!reply.own_body && takes_error_page(state->request, reply.status)) {
        return static_cast<ngx_int_t>(reply.status);
    }
    return send(state->request, reply.status, reply.type, reply.body);
}

}  // namespace webhook::module
