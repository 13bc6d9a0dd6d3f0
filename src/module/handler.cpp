#include "module/handler.hpp"

#include <algorithm>
#include <string>

#include "module/answer.hpp"
#include "module/body.hpp"
#include "module/judge.hpp"
#include "module/new_event.hpp"
#include "module/pool.hpp"
#include "module/redis_client.hpp"
#include "module/request_state.hpp"
#include "module/request_view.hpp"
#include "module/template.hpp"

namespace webhook::module {

namespace {

// A request goes through these hands:
//
//   handle_request   nginx' content phase; gives the request to nginx' body reader
//   on_body          the body is there: judge, then answer, or send to Redis and park
//   (parked)         nginx only looks whether the client is still there; the operation holds a pointer to the state
//   on_appended      Redis' answer (or its loss): answer, finalize
//   on_cleanup       the request ends, parked or not: the operation forgets it
//
// Verification, extraction and the append never run twice.

void on_cleanup(void* data) {
    auto* state = static_cast<RequestState*>(data);
    if (state->operation != nullptr) state->operation->detach();
    state->operation = nullptr;
}

// Marks the record by which find_state() finds the state after nginx has cleared the contexts.
void on_pool_cleanup(void*) {}

RequestState* make_state(ngx_http_request_t* request, const Location* location) {
    void* memory = ngx_palloc(request->pool, sizeof(RequestState));
    ngx_http_cleanup_t* cleanup = ngx_http_cleanup_add(request, 0);
    ngx_pool_cleanup_t* mark = ngx_pool_cleanup_add(request->pool, 0);
    if (memory == nullptr || cleanup == nullptr || mark == nullptr) throw std::bad_alloc();
    auto* state = new (memory) RequestState(request, location);
    cleanup->handler = on_cleanup;
    cleanup->data = state;
    mark->handler = on_pool_cleanup;
    mark->data = state;
    ngx_http_set_ctx(request, state, ngx_http_webhook_module);
    return state;
}

/// Ends the request from outside nginx' HTTP code; it may be gone afterwards.
void finalize_from_outside(ngx_http_request_t* request, ngx_int_t result) {
    ngx_connection_t* connection = request->connection;
    ngx_http_finalize_request(request, result);
    ngx_http_run_posted_requests(connection);
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
    auto* state = static_cast<RequestState*>(owner);
    ngx_http_request_t* request = state->request;
    ngx_http_set_log_request(request->connection->log, request);
    state->operation = nullptr;
    state->redis_ms = static_cast<ngx_int_t>(ngx_current_msec - state->sent);
    const ngx_int_t result = guarded(request->connection->log, ngx_int_t{NGX_ERROR}, [&] {
        const Verdict verdict = verdict_of(appended.state);
        state->stream_id = copy_to_pool(request->pool, appended.stream_id);
        const std::string_view reason = verdict == Verdict::conflict
                                            ? std::string_view("the id was seen with another body")
                                            : copy_to_pool(request->pool, appended.reason);
        return answer(state, verdict, reason);
    });
    finalize_from_outside(request, result);
}

store::IdHash dedup_hash(const RequestState& state) {
    if (state.location->dedup_by_body) return store::hash_id(state.event.source, state.headers.body);
    return store::hash_id(state.event.source, state.event.id);
}

unsigned choose_partition(const RequestState& state, const store::IdHash& id) {
    const unsigned partitions = state.location->stream->appender.settings().partitions;
    if (state.partition_value.empty()) return store::partition_of(id, partitions);
    return store::partition_of(store::hash_id({}, state.partition_value), partitions);
}

/// While Redis is asked, a client that leaves must be noticed.
ngx_int_t park(ngx_http_request_t* request) {
    ngx_event_t* read = request->connection->read;
    request->read_event_handler = ngx_http_test_reading;
    if (read->ready) {
        ngx_post_event(read, &ngx_posted_events);
        return NGX_DONE;
    }
    return ngx_handle_read_event(read, 0) == NGX_OK ? NGX_DONE : NGX_ERROR;
}

/// Sends the event to Redis. NGX_DONE: parked; else the answer was given.
ngx_int_t append(RequestState* state) {
    Stream* stream = state->location->stream;
    RedisClient* client = stream->server->client.get();
    if (client == nullptr)
        return answer(state, Verdict::unavailable, "this process has no connection to redis");
    Operation* operation = operations().take(main_state(state->request)->max_inflight);
    if (operation == nullptr) return answer(state, Verdict::busy, "too many events wait for redis");
    complete_event(state);
    operation->owner = state;
    operation->done = on_appended;
    operation->event = &state->event;
    operation->stream = stream;
    operation->id = dedup_hash(*state);
    operation->partition = choose_partition(*state, operation->id);
    state->sent = ngx_current_msec;
    Appended refused;
    if (client->submit(operation, &refused)) {
        state->operation = operation;
        return park(state->request);
    }
    operations().give_back(operation);
    return answer(state, verdict_of(refused.state), copy_to_pool(state->request->pool, refused.reason));
}

bool is_wanted(const Location& location, std::string_view type) {
    return location.accept_types.empty() ||
           std::any_of(location.accept_types.begin(), location.accept_types.end(),
                       [type](const std::string& pattern) { return matches(pattern, type); });
}

ngx_int_t process(RequestState* state) {
    if (!gather_body(state)) return answer(state, Verdict::unavailable, "the body's file cannot be read");
    std::string_view reason;
    if (const Verdict verdict = judge_signature(state, &reason); verdict != Verdict::none) {
        return answer(state, verdict, reason);
    }
    if (const Verdict verdict = identify(state, &reason); verdict != Verdict::none) {
        return answer(state, verdict, reason);
    }
    if (!is_wanted(*state->location, state->event.type)) return answer(state, Verdict::ignored, {});
    return append(state);
}

/// NGX_DONE for a parked request, which keeps the reference that reading the body took.
void on_body(ngx_http_request_t* request) {
    const ngx_int_t result =
        guarded(request->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR}, [&] {
            return process(
                static_cast<RequestState*>(ngx_http_get_module_ctx(request, ngx_http_webhook_module)));
        });
    if (result != NGX_DONE) ngx_http_finalize_request(request, result);
}

ngx_int_t refuse_method(RequestState* state) {
    const ngx_int_t result = ngx_http_discard_request_body(state->request);
    if (result != NGX_OK) return result;
    return answer(state, Verdict::method, "method not allowed");
}

/// nginx prints the request line in every line of the error log and in the usual access logs.
void hide_secret_params(ngx_http_request_t* request, const signature::Scheme& scheme) {
    if (signature::secret_query_params(scheme).empty() || raw_query(request).empty()) return;
    std::string line(view(request->method_name));
    line.append(" ").append(masked_uri(request, scheme));
    if (request->http_protocol.len != 0) line.append(" ").append(view(request->http_protocol));
    request->request_line = to_ngx(copy_to_pool(request->pool, line));
}

}  // namespace

RequestState* find_state(ngx_http_request_t* request) {
    auto* state = static_cast<RequestState*>(ngx_http_get_module_ctx(request, ngx_http_webhook_module));
    if (state != nullptr || request->pool == nullptr) return state;
    if (!request->internal && !request->filter_finalize && !request->error_page) return nullptr;
    for (ngx_pool_cleanup_t* mark = request->pool->cleanup; mark != nullptr; mark = mark->next) {
        if (mark->handler == on_pool_cleanup && static_cast<RequestState*>(mark->data)->request == request) {
            return static_cast<RequestState*>(mark->data);
        }
    }
    return nullptr;
}

ngx_int_t handle_request(ngx_http_request_t* request) {
    const Location* location = location_conf(request)->location;
    if (location == nullptr) return NGX_HTTP_INTERNAL_SERVER_ERROR;
    return guarded(request->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR}, [&]() -> ngx_int_t {
        hide_secret_params(request, *location->scheme);
        RequestState* state = make_state(request, location);
        if (!signature::accepts_method(*location->scheme, state->headers.method)) return refuse_method(state);
        const ngx_int_t result = ngx_http_read_client_request_body(request, on_body);
        return result >= NGX_HTTP_SPECIAL_RESPONSE ? result : NGX_DONE;
    });
}

}  // namespace webhook::module
