#include "module/gate/gate.hpp"

#include "module/gate/hold.hpp"
#include "module/gate/mapped_body.hpp"
#include "module/ngx/core_conf.hpp"
#include "module/ngx/pool.hpp"
#include "module/ngx/suspend.hpp"
#include "module/request/answer.hpp"
#include "module/request/body.hpp"
#include "module/request/counters.hpp"
#include "module/request/judge.hpp"
#include "module/request/request_state.hpp"

namespace webhook::module {

namespace {

// A request goes through these functions:
//
//   handle_gate    nginx' phase engine; the first time it gives the request to nginx' body reader
//                  (Step::reading)
//   on_body        the body is there: judge; then answer (refused), or go on with the phases (passed),
//                  or ask Redis
//   (suspended)    nginx only looks whether the client is still there (Step::reserving)
//   on_reserved    Redis' answer: answer, or go on with the phases
//   handle_gate    the phase engine again: a request that passed goes to the handler after the gate
//   filter_header  the response of that handler, or ours: the reservation is settled
//   (the end)      without a response: hold.cpp settles it
//
// nginx holds the request in every step; the body stays as nginx read it, for the handler after the gate.

/// A request at a gate.
struct GateRequest : RequestState {
    enum class Step : std::uint8_t { reading, reserving, passed, refused };

    using RequestState::RequestState;
    Step step = Step::reading;
};
using Step = GateRequest::Step;

/// Result of process(): the request goes on with the phases.
constexpr ngx_int_t go_on = NGX_DECLINED;

ngx_int_t pass(GateRequest* state) {
    state->step = Step::passed;
    return go_on;
}

ngx_int_t refuse_request(GateRequest* state, Verdict verdict, std::string_view reason) {
    if (state->location->dry_run) {
        record(state, verdict, reason);
        return pass(state);
    }
    state->step = Step::refused;
    return answer(state, verdict, reason);
}

Verdict verdict_of(Reserved::State reserved) {
    switch (reserved) {
        case Reserved::State::reserved:
            return Verdict::accepted;
        case Reserved::State::duplicate:
            return Verdict::duplicate;
        case Reserved::State::conflict:
            return Verdict::conflict;
        case Reserved::State::in_progress:
            return Verdict::in_progress;
        case Reserved::State::busy:
            return Verdict::busy;
        case Reserved::State::unavailable:
            break;
    }
    return Verdict::unavailable;
}

ngx_int_t answer_reserved(GateRequest* state, const Reserved& reserved) {
    const Verdict verdict = verdict_of(reserved.state);
    std::string_view reason = copy_to_pool(state->request->pool, reserved.reason);
    if (verdict == Verdict::conflict) reason = "the id was seen with other content";
    if (verdict == Verdict::in_progress) reason = "another copy is on its way";
    return refuse_request(state, verdict, reason);
}

void on_reserved(RequestState* held, const Reserved& reserved) {
    auto* state = static_cast<GateRequest*>(held);
    ngx_http_request_t* request = state->request;
    ngx_http_set_log_request(request->connection->log, request);
    state->measures.redis_ms = static_cast<ngx_int_t>(ngx_current_msec - state->measures.sent);
    count_redis(*state);
    if (reserved.state == Reserved::State::reserved) {
        record(state, Verdict::accepted, {});
        state->step = Step::passed;
        resume_from_outside(request);
        return;
    }
    finalize_from_outside(request, guarded(request->connection->log, ngx_int_t{NGX_ERROR},
                                           [&] { return answer_reserved(state, reserved); }));
}

/// NGX_DONE: suspended until on_reserved().
ngx_int_t reserve(GateRequest* state) {
    if (!state->identity.dedup) {
        record(state, Verdict::accepted, {});
        return pass(state);
    }
    if (is_held(*state, state->identity.key)) {
        record(state, Verdict::accepted, {});
        return pass(state);
    }
    Reserved refused;
    if (!ask_to_hold(state, on_reserved, &refused)) return answer_reserved(state, refused);
    state->step = Step::reserving;
    state->measures.sent = ngx_current_msec;
    note_sent(state);
    return suspend(state->request);
}

ngx_int_t process(GateRequest* state) {
    const BodyInPlace body(state);
    if (!body.usable()) {
        return refuse_request(state, Verdict::unavailable, "the body's file cannot be read");
    }
    std::string_view reason;
    const Verdict verdict = examine(state, &reason);
    if (verdict != Verdict::none) return refuse_request(state, verdict, reason);
    if (state->location->once != nullptr && !state->location->dry_run) return reserve(state);
    record(state, Verdict::accepted, {});
    return pass(state);
}

void on_body(ngx_http_request_t* request) {
    const ngx_int_t result = guarded(request->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR},
                                     [&] { return process(static_cast<GateRequest*>(own_state(request))); });
    if (result == go_on) {
        request->write_event_handler = ngx_http_core_run_phases;
        ngx_http_core_run_phases(request);
    } else if (result != NGX_DONE) {
        ngx_http_finalize_request(request, result);
    }
}

ngx_int_t end(ngx_http_request_t* request, ngx_int_t result) {
    if (result == go_on) return NGX_DECLINED;
    ngx_http_finalize_request(request, result);
    return NGX_DONE;
}

ngx_int_t start(ngx_http_request_t* request, const Location* location) {
    auto* state = make_state<GateRequest>(request, location);
    if (lacks_body(request)) {
        return end(request,
                   refuse_request(state, Verdict::unavailable, "a subrequest before the body was read"));
    }
    if (!signature::accepts_method(*location->scheme, state->headers.method)) {
        if (location->dry_run) return refuse_request(state, Verdict::method, "method not allowed");
        state->step = Step::refused;
        return end(request, refuse_method(state));
    }
    // Or nginx closes the body's file as soon as an upstream has answered; other gates may want to read it
    // then.
    request->preserve_body = 1;
    const ngx_int_t result = ngx_http_read_client_request_body(request, on_body);
    if (result >= NGX_HTTP_SPECIAL_RESPONSE) return result;
    ngx_http_finalize_request(request, NGX_DONE);
    return NGX_DONE;
}

ngx_int_t handle_gate(ngx_http_request_t* request) {
    const Location* location = location_of(request);
    if (location == nullptr || location->stream != nullptr) return NGX_DECLINED;
    const RequestState* state = own_state(request);
    if (state != nullptr && state->location == location) {
        // A body that nginx refused makes a state that is not the gate's.
        if (state->refused_body) return NGX_DONE;
        return static_cast<const GateRequest*>(state)->step == Step::passed ? NGX_DECLINED : NGX_DONE;
    }
    return guarded(request->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR},
                   [&] { return start(request, location); });
}

ngx_http_output_header_filter_pt next_header_filter;

ngx_int_t filter_header(ngx_http_request_t* request) {
    settle_holds(request);
    return next_header_filter(request);
}

}  // namespace

ngx_int_t install_gate(ngx_conf_t* cf) {
    // Added last, so a mirror or try_files comes after it.
    if (add_handler(cf, NGX_HTTP_PRECONTENT_PHASE, handle_gate) != NGX_OK) return NGX_ERROR;
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = filter_header;
    return NGX_OK;
}

}  // namespace webhook::module
