#include "module/request/handler.hpp"

#include <new>
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

// A request goes through these functions:
//
//   handle_request   nginx' content phase; gives the request to nginx' body reader
//   on_body          the body is there: judge, then answer, or send to Redis and suspend
//   (suspended)      nginx only looks whether the client is still there; the pending append holds a
//                    pointer to the state
//   on_appended      Redis' answer (or its loss): answer, finalize
//   on_cleanup       the end, suspended or not: the pending append forgets the request
//
// Verification, extraction and the append never run twice.

/// A request on its way into a stream.
struct StreamRequest : RequestState {
    using RequestState::RequestState;
    PendingAppend* append = nullptr;  ///< under way; detached when the request ends first
};

/// Detaches the pending append: the request ends, maybe before Redis has answered.
void on_cleanup(void* data) {
    PendingAppend* append = std::exchange(static_cast<StreamRequest*>(data)->append, nullptr);
    if (append == nullptr) return;
    // No client: this process ends, and its last act is to answer all that is under way.
    RedisClient* client = append->stream->server->client.get();
    if (client != nullptr) {
        client->let_go(append);
    } else {
        append->detach();
    }
}

StreamRequest* make_stream_request(ngx_http_request_t* request, const Location* location) {
    ngx_http_cleanup_t* cleanup = ngx_http_cleanup_add(request, 0);
    if (cleanup == nullptr) throw std::bad_alloc();
    auto* state = make_state<StreamRequest>(request, location);
    cleanup->handler = on_cleanup;
    cleanup->data = state;
    return state;
}

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
    auto* state = static_cast<StreamRequest*>(owner);
    ngx_http_request_t* request = state->request;
    ngx_http_set_log_request(request->connection->log, request);
    state->append = nullptr;
    state->measures.redis_ms = static_cast<ngx_int_t>(ngx_current_msec - state->measures.sent);
    count_redis(*state);
    const ngx_int_t result = guarded(request->connection->log, ngx_int_t{NGX_ERROR}, [&] {
        const Verdict verdict = verdict_of(appended.state);
        state->stream_id = copy_to_pool(request->pool, appended.stream_id);
        const std::string_view reason = verdict == Verdict::conflict
                                            ? std::string_view("the id was seen with other content")
                                            : copy_to_pool(request->pool, appended.reason);
        // A challenge is answered once its event is stored.
        const bool stored = verdict == Verdict::accepted || verdict == Verdict::duplicate;
        if (state->challenge != nullptr && stored)
            return answer(state, Verdict::challenge, "reported to the operator");
        return answer(state, verdict, reason);
    });
    finalize_from_outside(request, result);
}

/// Sends the event to Redis. NGX_DONE: suspended; else the response was sent.
ngx_int_t append(StreamRequest* state) {
    Stream* stream = state->location->stream;
    RedisClient* client = stream->server->client.get();
    if (client == nullptr)
        return answer(state, Verdict::unavailable, "this process has no connection to redis");
    OwnedAppend pending = pending_appends().take(main_settings(state->request)->max_inflight);
    if (pending == nullptr) return answer(state, Verdict::busy, "too many events wait for redis");
    complete_event(state);
    if (state->challenge != nullptr) report_challenge(state);
    pending->owner = state;
    pending->done = on_appended;
    pending->event = &state->event;
    pending->stream = stream;
    pending->identity = state->identity;
    pending->partition = store::partition_of(partition_value(*state), stream->appender.settings().partitions);
    state->measures.sent = ngx_current_msec;
    note_sent(state);
    Appended refused;
    PendingAppend* const submitted = pending.get();
    if (client->submit(std::move(pending), &refused)) {
        state->append = submitted;
        return suspend(state->request);
    }
    return answer(state, verdict_of(refused.state), copy_to_pool(state->request->pool, refused.reason));
}

ngx_int_t process(StreamRequest* state) {
    if (!gather_body(state)) return answer(state, Verdict::unavailable, "the body's file cannot be read");
    std::string_view reason;
    const Verdict verdict = examine(state, &reason);
    const bool reports = verdict == Verdict::challenge && !state->challenge->event.empty();
    return verdict == Verdict::none || reports ? append(state) : answer(state, verdict, reason);
}

/// NGX_DONE for a suspended request, which keeps the reference that reading the body took.
void on_body(ngx_http_request_t* request) {
    const ngx_int_t result =
        guarded(request->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR},
                [&] { return process(static_cast<StreamRequest*>(own_state(request))); });
    if (result != NGX_DONE) ngx_http_finalize_request(request, result);
}

}  // namespace

ngx_int_t handle_request(ngx_http_request_t* request) {
    const Location* location = location_of(request);
    if (location == nullptr) return NGX_HTTP_INTERNAL_SERVER_ERROR;
    return guarded(request->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR}, [&]() -> ngx_int_t {
        StreamRequest* state = make_stream_request(request, location);
        if (lacks_body(request)) {
            return answer(state, Verdict::unavailable, "a subrequest before the body was read");
        }
        if (!signature::accepts_method(*location->scheme, state->headers.method)) return refuse_method(state);
        const ngx_int_t result = ngx_http_read_client_request_body(request, on_body);
        return result >= NGX_HTTP_SPECIAL_RESPONSE ? result : NGX_DONE;
    });
}

}  // namespace webhook::module
