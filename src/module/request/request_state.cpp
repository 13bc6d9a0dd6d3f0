#include "module/request/request_state.hpp"

#include <new>

namespace webhook::module {

namespace {

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

void* allocate_state(ngx_http_request_t* request, std::size_t size) {
    void* memory = ngx_palloc(request->pool, size);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

void set_state(ngx_http_request_t* request, RequestState* state) {
    ngx_pool_cleanup_t* mark = ngx_pool_cleanup_add(request->pool, 0);
    if (mark == nullptr) throw std::bad_alloc();
    mark->handler = on_pool_cleanup;
    mark->data = state;
    ngx_http_set_ctx(request, state, ngx_http_webhook_module);
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
