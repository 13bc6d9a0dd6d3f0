#pragma once

#include <algorithm>

namespace webhook::worker {

/// Is how many attempts to an endpoint may run at once for now: one until the first response, then doubled by
/// each response. So an endpoint that hangs from the start takes no places of others before that is noticed.
///
/// 429 and 503 set it to one again. Then it doubles up to half of what was too much, and grows slowly beyond,
/// as TCP does (RFC 5681): a receiver that takes a few requests in a time is not sent many more in each.
class Allowance {
  public:
    unsigned value() const { return value_; }

    /// Takes a response that says nothing about too many requests; `limit` is the document's concurrency.
    void answered(unsigned limit) {
        if (value_ < threshold_) {
            value_ = std::min({value_ * 2, threshold_, std::max(1u, limit)});
        } else if (++answers_ >= answers_per_step) {
            answers_ = 0;
            value_ = std::min(value_ + 1, std::max(1u, limit));
        }
    }
    void refused() {
        if (value_ > 1) threshold_ = value_ / 2;
        value_ = 1;
        answers_ = 0;
    }

  private:
    static constexpr unsigned answers_per_step = 16;

    unsigned value_ = 1;
    unsigned threshold_ = ~0u;  ///< from here on it grows slowly
    unsigned answers_ = 0;      ///< since it grew last
};

}  // namespace webhook::worker
