#include "module/request/handler.hpp"

#include <utility>

#include "module/ngx/pool.hpp"
#include "module/ngx/suspend.hpp"
#include "module/redis/redis_client.hpp"
#include "module/request/answer.hpp"
#include "module/request/body.hpp"
#include "module/request/challenge.hpp"
#include "module/request/counters.hpp"
#include "module/request/identity.hpp"
#include "module/request/judge.hpp"
#include "module/request/new_event.hpp"
#include "module/request/request_state.hpp"

namespace webhook::module {

namespace {

// A request goes through these hands:
//
//   handle_request   nginx' content phase; gives the request to nginx' body reader
//   on_body          the body is there: judge, then answer, or send to Redis and park
//   (parked)         nginx only looks whether the client is still there; the pending holds a pointer to the
//   state on_appended      Redis' answer (or its loss): answer, finalize (the end)        parked or not,
//   make_state() has seen to it that the pending forgets the request
//
// Verification, extraction and the append never run twice.

Verdict verdict_of(Appended::State appended) {
    switch (appended) {
        case Appended::State::accepted:
            return Verdict::accepted;
        case Appended::State::duplicate:
            return Verdict::duplicate;
        case Appended::State::conflict:
            return Verdict::conflict;
        case Appended::State::busy:
            return Verdict::busy;
        case Appended::State::unavailable:
            break;
    }
    return Verdict::unavailable;
}

void on_appended(void* owner, const Appended& appended) {
    auto* state = static_cast<RequestState*>(owner);
    ngx_http_request_t* request = state->request;
    ngx_http_set_log_request(request->connection->log, request);
    state->append = nullptr;
    state->redis_ms = static_cast<ngx_int_t>(ngx_current_msec - state->sent);
    count_redis(*state);
    const ngx_int_t result = guarded(request->connection->log, ngx_int_t{NGX_ERROR}, [&] {
        const Verdict verdict = verdict_of(appended.state);
        state->stream_id = copy_to_pool(request->pool, appended.stream_id);
        const std::string_view reason = verdict == Verdict::conflict
                                            ? std::string_view("the id was seen with other content")
                                            : copy_to_pool(request->pool, appended.reason);
        // A handshake is answered once the operator can be told of it.
        const bool told = verdict == Verdict::accepted || verdict == Verdict::duplicate;
        if (state->handshake != nullptr && told)
            return answer(state, Verdict::challenge, "handshake, told to the operator");
        return answer(state, verdict, reason);
    });
    finalize_from_outside(request, result);
}

/// Sends the event to Redis. NGX_DONE: parked; else the answer was given.
ngx_int_t append(RequestState* state) {
    Stream* stream = state->location->stream;
    RedisClient* client = stream->server->client.get();
    if (client == nullptr)
        return answer(state, Verdict::unavailable, "this process has no connection to redis");
    OwnedAppend pending = pending_appends().take(main_state(state->request)->max_inflight);
    if (pending == nullptr) return answer(state, Verdict::busy, "too many events wait for redis");
    complete_event(state);
    if (state->handshake != nullptr) tell_operator(state);
    pending->owner = state;
    pending->done = on_appended;
    pending->event = &state->event;
    pending->stream = stream;
    pending->identity = state->identity;
    pending->partition = store::partition_of(partition_value(*state), stream->appender.settings().partitions);
    state->sent = ngx_current_msec;
    note_sent(state);
    Appended refused;
    PendingAppend* const submitted = pending.get();
    if (client->submit(std::move(pending), &refused)) {
        state->append = submitted;
        return park(state->request);
    }
    return answer(state, verdict_of(refused.state), copy_to_pool(state->request->pool, refused.reason));
}

ngx_int_t process(RequestState* state) {
    if (!gather_body(state)) return answer(state, Verdict::unavailable, "the body's file cannot be read");
    std::string_view reason;
    const Verdict verdict = examine(state, &reason);
    const bool tells = verdict == Verdict::challenge && !state->handshake->event.empty();
    return verdict == Verdict::none || tells ? append(state) : answer(state, verdict, reason);
}

/// NGX_DONE for a parked request, which keeps the reference that reading the body took.
void on_body(ngx_http_request_t* request) {
    const ngx_int_t result = guarded(request->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR},
                                     [&] { return process(own_state(request)); });
    if (result != NGX_DONE) ngx_http_finalize_request(request, result);
}

}  // namespace

ngx_int_t handle_request(ngx_http_request_t* request) {
    const Location* location = location_conf(request)->location;
    if (location == nullptr) return NGX_HTTP_INTERNAL_SERVER_ERROR;
    return guarded(request->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR}, [&]() -> ngx_int_t {
        RequestState* state = make_state(request, location);
        if (lacks_body(request)) {
            return answer(state, Verdict::unavailable, "a subrequest before the body was read");
        }
        if (!signature::accepts_method(*location->scheme, state->headers.method)) return refuse_method(state);
        const ngx_int_t result = ngx_http_read_client_request_body(request, on_body);
        return result >= NGX_HTTP_SPECIAL_RESPONSE ? result : NGX_DONE;
    });
}

}  // namespace webhook::module
