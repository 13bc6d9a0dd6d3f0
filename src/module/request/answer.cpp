#include "module/request/answer.hpp"

#include <string>

#include "base/visible.hpp"
#include "module/ngx/output.hpp"
#include "module/request/challenge.hpp"
#include "module/request/counters.hpp"
#include "module/request/reply.hpp"

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

void record(RequestState* state, Verdict verdict, std::string_view reason) {
    state->verdict = verdict;
    state->reason = reason;
    log_verdict(*state);
    count_verdict(state);
}

ngx_int_t answer(RequestState* state, Verdict verdict, std::string_view reason) {
    record(state, verdict, reason);
    if (verdict == Verdict::challenge && state->challenge != nullptr) return send_challenge_reply(state);
    const ComposedReply reply = compose_reply(*state);
    if (reply.status == NGX_HTTP_CLOSE) return NGX_HTTP_CLOSE;
    add_headers(*state, reply.status);
    if (!reply.own_body && takes_error_page(state->request, reply.status)) {
        return static_cast<ngx_int_t>(reply.status);
    }
    return send(state->request, reply.status, reply.type, reply.body);
}

}  // namespace webhook::module
