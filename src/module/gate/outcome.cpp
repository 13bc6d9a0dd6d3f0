#include "module/gate/outcome.hpp"

namespace webhook::module {

namespace {

using End = Reservations::End;

constexpr ngx_msec_t never = static_cast<ngx_msec_t>(-1);

bool is_success(ngx_uint_t status) {
    return status >= 200 && status < 300;
}

/// Judges the attempts of proxy_next_upstream, and of several locations after an error_page: one success is
/// enough, and one attempt without an answer may have been a success.
End outcome_of_attempts(const ngx_array_t& attempts, ngx_uint_t first) {
    const auto* attempt = static_cast<const ngx_http_upstream_state_t*>(attempts.elts);
    bool unanswered = false;
    for (ngx_uint_t i = first; i < attempts.nelts; ++i) {
        if (attempt[i].peer == nullptr) continue;  // separates two locations
        const bool answered = attempt[i].header_time != never;
        if (answered && is_success(attempt[i].status)) return End::confirm;
        unanswered = unanswered || (!answered && attempt[i].connect_time != never);
    }
    return unanswered ? End::leave : End::release;
}

}  // namespace

ngx_uint_t count_attempts(const ngx_http_request_t* request) {
    return request->upstream_states != nullptr ? request->upstream_states->nelts : 0;
}

End outcome_of(const ngx_http_request_t* request, bool answered, ngx_uint_t earlier) {
    if (count_attempts(request) > earlier) {
        // nginx takes what is no HTTP at all, such as a TLS alert, for an answer of HTTP/0.9 with status 200.
        if (request->http_version < NGX_HTTP_VERSION_10) return End::leave;
        return outcome_of_attempts(*request->upstream_states, earlier);
    }
    if (!answered) return End::leave;
    return is_success(request->headers_out.status) ? End::confirm : End::release;
}

}  // namespace webhook::module
