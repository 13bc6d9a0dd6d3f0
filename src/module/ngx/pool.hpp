#pragma once

#include "module/ngx/ngx.hpp"

#include <cstring>
#include <exception>
#include <new>
#include <string_view>
#include <utility>

namespace webhook::module {

/// A C++ object that lives as long as the pool; throws std::bad_alloc.
template <class T, class... Args>
T* make_in_pool(ngx_pool_t* pool, Args&&... args) {
    static_assert(alignof(T) <= NGX_ALIGNMENT);
    ngx_pool_cleanup_t* cleanup = ngx_pool_cleanup_add(pool, sizeof(T));
    if (cleanup == nullptr) throw std::bad_alloc();
    T* object = new (cleanup->data) T(std::forward<Args>(args)...);
    // Only now: a constructor that threw leaves nothing to destroy.
    cleanup->handler = [](void* data) { static_cast<T*>(data)->~T(); };
    return object;
}

/// A copy that lives as long as the pool; throws std::bad_alloc.
inline std::string_view copy_to_pool(ngx_pool_t* pool, std::string_view text) {
    if (text.empty()) return {};
    auto* bytes = static_cast<char*>(ngx_pnalloc(pool, text.size()));
    if (bytes == nullptr) throw std::bad_alloc();
    std::memcpy(bytes, text.data(), text.size());
    return {bytes, text.size()};
}

/// Runs `work` at a frame that nginx or hiredis called: an exception beyond it would end the process.
template <class Result, class Work>
Result guarded(ngx_log_t* log, Result failure, Work&& work) noexcept {
    try {
        return work();
    } catch (const std::exception& error) {
        ngx_log_error(NGX_LOG_ERR, log, 0, "webhook: %s", error.what());
        return failure;
    }
}

}  // namespace webhook::module
