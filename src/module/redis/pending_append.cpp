#include "module/redis/pending_append.hpp"

#include <new>

#include "module/ngx/queue.hpp"

namespace webhook::module {

Operations::~Operations() {
    while (!ngx_queue_empty(&free_))
        delete take_first<Operation>(&free_);
}

OwnOperation Operations::take(ngx_uint_t limit) {
    if (under_way_ >= limit) return nullptr;
    Operation* operation = nullptr;
    if (ngx_queue_empty(&free_)) {
        operation = new (std::nothrow) Operation;
        if (operation == nullptr) return nullptr;
    } else {
        --free_count_;
        operation = take_first<Operation>(&free_);
    }
    ++under_way_;
    return OwnOperation(operation);
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

void GiveBack::operator()(Operation* operation) const {
    operations().give_back(operation);
}

Operations& operations() {
    static Operations all;
    return all;
}

}  // namespace webhook::module
