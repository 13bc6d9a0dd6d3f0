#include "module/redis/pending_append.hpp"

#include <new>
#include <utility>

namespace webhook::module {

OwnedAppend PendingAppends::take(std::size_t limit) {
    if (under_way_ >= limit) return nullptr;
    PendingAppend* append = nullptr;
    if (free_.empty()) {
        append = new (std::nothrow) PendingAppend;
        if (append == nullptr) return nullptr;
    } else {
        append = free_.back().release();
        free_.pop_back();
    }
    ++under_way_;
    return OwnedAppend(append);
}

void PendingAppends::give_back(PendingAppend* append) {
    std::unique_ptr<PendingAppend> owned(append);
    --under_way_;
    owned->detach();
    if (free_.size() < max_free) free_.push_back(std::move(owned));  // within its capacity: no allocation
}

void GiveBack::operator()(PendingAppend* append) const {
    pending_appends().give_back(append);
}

PendingAppends& pending_appends() {
    static PendingAppends all;
    return all;
}

}  // namespace webhook::module
