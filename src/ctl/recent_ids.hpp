#pragma once

#include <cstddef>
#include <string>
#include <unordered_set>

namespace webhook::ctl {

/// Remembers at least the last `limit` ids and at most twice as many.
class RecentIds {
  public:
    explicit RecentIds(std::size_t limit) : limit_(limit) {}

    /// False when the id is known.
    bool insert(const std::string& id) {
        if (older_.count(id) != 0 || !newer_.insert(id).second) return false;
        if (newer_.size() >= limit_) {
            older_ = std::move(newer_);
            newer_.clear();
        }
        return true;
    }

  private:
    std::size_t limit_;
    std::unordered_set<std::string> newer_, older_;
};

}  // namespace webhook::ctl
