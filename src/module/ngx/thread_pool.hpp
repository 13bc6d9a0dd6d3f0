#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

#if (NGX_THREADS)
using ThreadPool = ngx_thread_pool_t;
#else
struct ThreadPool;
#endif

/// nginx' pool "default". nullptr: this nginx has no threads, or waits for events by a method that they
/// cannot end ("poll", "select"), with which no worker process would start while there is a pool.
ThreadPool* find_thread_pool(ngx_conf_t* cf);

}  // namespace webhook::module
