#include "module/answer.hpp"

#include <string>

#include "event/json_text.hpp"
#include "module/challenge.hpp"
#include "module/pool.hpp"

namespace webhook::module {

namespace {

constexpr std::string_view json_type = "application/json";

unsigned status_of(const RequestState& state) {
    if (state.verdict == Verdict::duplicate && state.location->reject_duplicates) return NGX_HTTP_CONFLICT;
    return info_of(state.verdict).status;
}

void log_verdict(const RequestState& state) {
    const Verdict verdict = state.verdict;
    const ngx_uint_t level = verdict == Verdict::conflict ? NGX_LOG_WARN : NGX_LOG_INFO;
    if (verdict == Verdict::accepted || verdict == Verdict::duplicate || verdict == Verdict::ignored) return;
    const std::string_view name = info_of(verdict).name;
    const std::string_view scheme = signature::name_of(*state.location->scheme);
    const std::string_view id = state.event.id, label = id.empty() ? "" : ", id ";
    ngx_log_error(level, state.request->connection->log, 0, "webhook %*s: %*s, scheme \"%*s\"%*s%*s%s",
                  name.size(), name.data(), state.reason.size(), state.reason.data(), scheme.size(),
                  scheme.data(), label.size(), label.data(), id.size(), id.data(),
                  state.location->dry_run ? ", dry run" : "");
}

void add_headers(const RequestState& state, unsigned status) {
    ngx_http_request_t* request = state.request;
    if (status == NGX_HTTP_UNAUTHORIZED) {
        request->headers_out.www_authenticate = add_header(request, "WWW-Authenticate", "Webhook");
    } else if (status == NGX_HTTP_SERVICE_UNAVAILABLE) {
        add_header(request, "Retry-After", "1");
    } else if (status == NGX_HTTP_NOT_ALLOWED) {
        add_header(request, "Allow", signature::allowed_methods(*state.location->scheme));
    }
}

/// True when an error_page of the location answers this status: nginx' own condition.
bool has_error_page(ngx_http_request_t* request, unsigned status) {
    const auto* core =
        static_cast<ngx_http_core_loc_conf_t*>(ngx_http_get_module_loc_conf(request, ngx_http_core_module));
    if (status < NGX_HTTP_SPECIAL_RESPONSE || request->error_page || core->error_pages == nullptr ||
        request->uri_changes == 0) {
        return false;
    }
    const auto* page = static_cast<ngx_http_err_page_t*>(core->error_pages->elts);
    for (ngx_uint_t i = 0; i < core->error_pages->nelts; ++i) {
        if (page[i].status == static_cast<ngx_int_t>(status)) return true;
    }
    return false;
}

std::string_view make_body(const RequestState& state) {
    const VerdictInfo& info = info_of(state.verdict);
    if (!info.with_id) return info.answer;
    static std::string scratch;  // one thread; keeps its capacity
    scratch.assign("{\"verdict\":\"");
    scratch.append(info.name);
    scratch.append("\",\"id\":\"");
    event::append_json(state.event.id, &scratch);
    scratch.append("\"}");
    return copy_to_pool(state.request->pool, scratch);
}

}  // namespace

ngx_table_elt_t* add_header(ngx_http_request_t* request, std::string_view name, std::string_view value) {
    auto* header = static_cast<ngx_table_elt_t*>(ngx_list_push(&request->headers_out.headers));
    if (header == nullptr) throw std::bad_alloc();
    *header = ngx_table_elt_t{};
    header->hash = 1;
    header->key = to_ngx(name);
    header->value = to_ngx(value);
    return header;
}

ngx_int_t send(ngx_http_request_t* request, unsigned status, std::string_view type, std::string_view body) {
    ngx_http_clear_accept_ranges(request);
    request->headers_out.status = status;
    request->headers_out.content_length_n = static_cast<off_t>(body.size());
    request->headers_out.content_type = to_ngx(type);
    request->headers_out.content_type_len = type.size();
    request->headers_out.content_type_lowcase = nullptr;
    const ngx_int_t result = ngx_http_send_header(request);
    if (result == NGX_ERROR || result > NGX_OK || request->header_only) return result;
    if (body.empty()) return ngx_http_send_special(request, NGX_HTTP_LAST);

    auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(request->pool));
    if (buffer == nullptr) return NGX_ERROR;
    buffer->pos = to_ngx(body).data;
    buffer->last = buffer->pos + body.size();
    buffer->memory = 1;
    buffer->last_buf = request == request->main ? 1 : 0;
    buffer->last_in_chain = 1;
    ngx_chain_t out{buffer, nullptr};
    return ngx_http_output_filter(request, &out);
}

void record(RequestState* state, Verdict verdict, std::string_view reason) {
    state->verdict = verdict;
    state->reason = reason;
    log_verdict(*state);
}

ngx_int_t answer(RequestState* state, Verdict verdict, std::string_view reason) {
    record(state, verdict, reason);
    if (verdict == Verdict::challenge && state->handshake != nullptr) return send_handshake(state);
    const unsigned status = status_of(*state);
    add_headers(*state, status);
    if (has_error_page(state->request, status)) return static_cast<ngx_int_t>(status);
    if (signature::answers_without_body(*state->location->scheme))
        return send(state->request, status, {}, {});
    return send(state->request, status, json_type, make_body(*state));
}

}  // namespace webhook::module
