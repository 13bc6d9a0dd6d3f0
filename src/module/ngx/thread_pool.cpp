#include "module/ngx/thread_pool.hpp"

namespace webhook::module {

#if (NGX_THREADS)

namespace {

/// True when a thread can wake the event loop.
bool can_wake_loop(ngx_conf_t* cf) {
    void*** events = ngx_get_conf(cf->cycle->conf_ctx, ngx_events_module);
    if (events == nullptr) return true;  // the block follows later: as by default
    const auto* core = static_cast<const ngx_event_conf_t*>((*events)[ngx_event_core_module.ctx_index]);
    for (ngx_module_t** module = cf->cycle->modules; *module != nullptr; ++module) {
        if ((*module)->type != NGX_EVENT_MODULE || (*module)->ctx_index != core->use) continue;
        return static_cast<const ngx_event_module_t*>((*module)->ctx)->actions.notify != nullptr;
    }
    return false;
}

}  // namespace

ThreadPool* find_thread_pool(ngx_conf_t* cf) {
    return can_wake_loop(cf) ? ngx_thread_pool_add(cf, nullptr) : nullptr;
}

#else

ThreadPool* find_thread_pool(ngx_conf_t*) {
    return nullptr;
}

#endif

}  // namespace webhook::module
