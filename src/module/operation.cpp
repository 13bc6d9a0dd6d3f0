#include "module/operation.hpp"

#include <new>

namespace webhook::module {

namespace {

Operation* from_link(ngx_queue_t* link) {
    return ngx_queue_data(link, Operation, link);
}

}  // namespace

Operations::~Operations() {
    while (!ngx_queue_empty(&free_)) {
        ngx_queue_t* link = ngx_queue_head(&free_);
        ngx_queue_remove(link);
        delete from_link(link);
    }
}

Operation* Operations::take(ngx_uint_t limit) {
    if (under_way_ >= limit) return nullptr;
    Operation* operation = nullptr;
    if (ngx_queue_empty(&free_)) {
        operation = new (std::nothrow) Operation;
        if (operation == nullptr) return nullptr;
    } else {
        ngx_queue_t* link = ngx_queue_head(&free_);
        ngx_queue_remove(link);
        --free_count_;
        operation = from_link(link);
    }
    ++under_way_;
    return operation;
}

void Operations::give_back(Operation* operation) {
    --under_way_;
    operation->detach();
    if (free_count_ == max_free) {
        delete operation;
        return;
    }
    ++free_count_;
    ngx_queue_insert_head(&free_, &operation->link);
}

Operations& operations() {
    static Operations all;
    return all;
}

}  // namespace webhook::module
