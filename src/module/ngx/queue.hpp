#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// The first of a queue that is not empty; its nodes are the members `link` of T.
template <class T>
T* first_of(ngx_queue_t* queue) {
    ngx_queue_t* head = ngx_queue_head(queue);
    // clang-tidy does not see that what was deleted had been taken out of the queue.
    return ngx_queue_data(head, T, link);  // NOLINT(clang-analyzer-cplusplus.NewDelete)
}

/// Takes the first out of a queue that is not empty.
template <class T>
T* take_first(ngx_queue_t* queue) {
    T* first = first_of<T>(queue);
    ngx_queue_remove(&first->link);
    return first;
}

}  // namespace webhook::module
