#include "module/request/variables.hpp"

#include <string>

#include "module/ngx/pool.hpp"
#include "module/request/masking.hpp"
#include "module/request/request_state.hpp"

namespace webhook::module {

namespace {

std::string_view get_verdict(ngx_http_request_t*, const RequestState& state) {
    return info_of(state.verdict).name;
}
std::string_view get_reason(ngx_http_request_t*, const RequestState& state) {
    return state.reason;
}
std::string_view get_id(ngx_http_request_t*, const RequestState& state) {
    return state.event.id;
}
std::string_view get_key(ngx_http_request_t*, const RequestState& state) {
    return state.event.key;
}
std::string_view get_type(ngx_http_request_t*, const RequestState& state) {
    return state.event.type;
}
std::string_view get_source(ngx_http_request_t*, const RequestState& state) {
    return state.event.source;
}
std::string_view get_tenant(ngx_http_request_t*, const RequestState& state) {
    return state.event.tenant;
}
std::string_view get_timestamp(ngx_http_request_t*, const RequestState& state) {
    return state.timestamp;
}
std::string_view get_stream_id(ngx_http_request_t*, const RequestState& state) {
    return state.stream_id;
}

/// Seconds with milliseconds, as $upstream_response_time.
std::string_view get_redis_time(ngx_http_request_t* request, const RequestState& state) {
    if (state.measures.redis_ms < 0) return {};
    u_char text[NGX_INT_T_LEN + sizeof(".000")];
    const u_char* end =
        ngx_sprintf(text, "%i.%03i", state.measures.redis_ms / 1000, state.measures.redis_ms % 1000);
    return copy_to_pool(request->pool, {reinterpret_cast<char*>(text), static_cast<std::size_t>(end - text)});
}

using Getter = std::string_view (*)(ngx_http_request_t*, const RequestState&);

ngx_int_t set_value(ngx_http_variable_value_t* value, std::string_view text) {
    value->not_found = text.empty() ? 1 : 0;
    value->valid = text.empty() ? 0 : 1;
    value->no_cacheable = 0;
    value->escape = 0;
    value->len = static_cast<unsigned>(text.size()) & 0xfffffff;
    value->data = to_ngx(text).data;
    return NGX_OK;
}

template <Getter get>
ngx_int_t state_variable(ngx_http_request_t* request, ngx_http_variable_value_t* value, uintptr_t) {
    return guarded(request->connection->log, ngx_int_t{NGX_ERROR}, [&] {
        const RequestState* state = find_state(request);
        return set_value(value, state == nullptr ? std::string_view() : get(request, *state));
    });
}

/// nginx itself refuses a body over client_max_body_size, before or while it is read.
ngx_int_t verdict_variable(ngx_http_request_t* request, ngx_http_variable_value_t* value, uintptr_t data) {
    const RequestState* state = find_state(request);
    const auto status = request->err_status != 0 ? request->err_status : request->headers_out.status;
    if (state != nullptr ? state->verdict == Verdict::none : location_of(request) != nullptr) {
        if (status == NGX_HTTP_REQUEST_ENTITY_TOO_LARGE) return set_value(value, "too_large");
    }
    return state_variable<get_verdict>(request, value, data);
}

ngx_int_t uri_variable(ngx_http_request_t* request, ngx_http_variable_value_t* value, uintptr_t) {
    return guarded(request->connection->log, ngx_int_t{NGX_ERROR}, [&] {
        if (secret_params(request).empty()) return set_value(value, shown_uri(request));
        return set_value(value, copy_to_pool(request->pool, masked_uri(request)));
    });
}

struct Variable {
    ngx_str_t name;
    ngx_http_get_variable_pt get;
};

const Variable variables[] = {
    {ngx_string("webhook_verdict"), verdict_variable},
    {ngx_string("webhook_reason"), state_variable<get_reason>},
    {ngx_string("webhook_id"), state_variable<get_id>},
    {ngx_string("webhook_key"), state_variable<get_key>},
    {ngx_string("webhook_type"), state_variable<get_type>},
    {ngx_string("webhook_source"), state_variable<get_source>},
    {ngx_string("webhook_tenant"), state_variable<get_tenant>},
    {ngx_string("webhook_timestamp"), state_variable<get_timestamp>},
    {ngx_string("webhook_stream_id"), state_variable<get_stream_id>},
    {ngx_string("webhook_redis_time"), state_variable<get_redis_time>},
    {ngx_string("webhook_request_uri"), uri_variable},
};

}  // namespace

ngx_int_t add_variables(ngx_conf_t* cf) {
    for (const Variable& variable : variables) {
        ngx_str_t name = variable.name;
        ngx_http_variable_t* added = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_NOCACHEABLE);
        if (added == nullptr) return NGX_ERROR;
        added->get_handler = variable.get;
    }
    return NGX_OK;
}

}  // namespace webhook::module
