#include "worker/pace.hpp"

#include <algorithm>

namespace webhook::worker {

using namespace std::chrono_literals;

namespace {

/// How long a slot may be used: at 10 s of traffic the slots that come late are less than 1 %.
constexpr std::chrono::nanoseconds shortest_use = 90ms;

}  // namespace

void Pace::grant(SteadyTime now, SteadyTime first, Nanoseconds interval, std::uint64_t count) {
    if (count != 0) runs_.push_back({first, now, interval, count});
}

void Pace::drop_lapsed(SteadyTime now) {
    while (!runs_.empty()) {
        Run& run = runs_.front();
        const auto use = std::max(shortest_use, run.interval / 2);
        if (now <= std::max(run.first, run.granted) + use) return;
        const auto lapsed = static_cast<std::uint64_t>(
            (now - use - run.first + run.interval - Nanoseconds(1)) / run.interval);
        if (lapsed >= run.count) {
            runs_.pop_front();
        } else {
            run.count -= lapsed;
            run.first += run.interval * static_cast<std::int64_t>(lapsed);
        }
    }
}

bool Pace::take(SteadyTime now) {
    drop_lapsed(now);
    if (runs_.empty() || runs_.front().first > now) return false;
    Run& run = runs_.front();
    run.first += run.interval;
    if (--run.count == 0) runs_.pop_front();
    return true;
}

SteadyTime Pace::next(SteadyTime now) {
    drop_lapsed(now);
    return runs_.empty() ? SteadyTime::max() : std::max(now, runs_.front().first);
}

std::uint64_t Pace::left(SteadyTime now) {
    drop_lapsed(now);
    std::uint64_t count = 0;
    for (const Run& run : runs_)
        count += run.count;
    return count;
}

SteadyTime Pace::last() const {
    if (runs_.empty()) return SteadyTime::min();
    const Run& run = runs_.back();
    return run.first + run.interval * static_cast<std::int64_t>(run.count - 1);
}

}  // namespace webhook::worker
