#include "module/request/request_state.hpp"

#include <new>
#include <utility>

#include "module/redis/redis_client.hpp"

namespace webhook::module {

namespace {

void on_cleanup(void* data) {
    auto* state = static_cast<RequestState*>(data);
    PendingAppend* append = std::exchange(state->append, nullptr);
    if (append == nullptr) return;
    // No client: this process ends, and its last act is to answer all that is under way.
    RedisClient* client = append->stream->server->client.get();
    if (client != nullptr) {
        client->let_go(append);
    } else {
        append->detach();
    }
}

// Marks the record by which find_state() finds the state after nginx has cleared the contexts.
void on_pool_cleanup(void*) {}

RequestState* find_marked(const ngx_http_request_t* request) {
    for (ngx_pool_cleanup_t* mark = request->pool->cleanup; mark != nullptr; mark = mark->next) {
        if (mark->handler == on_pool_cleanup && static_cast<RequestState*>(mark->data)->request == request) {
            return static_cast<RequestState*>(mark->data);
        }
    }
    return nullptr;
}

}  // namespace

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

RequestState* find_state(ngx_http_request_t* request) {
    for (; request != nullptr && request->pool != nullptr; request = request->parent) {
        RequestState* state = own_state(request);
        if (state != nullptr) return state;
        if (!request->internal && !request->filter_finalize && !request->error_page) continue;
        state = find_marked(request);
        if (state != nullptr) return state;
    }
    return nullptr;
}

}  // namespace webhook::module
