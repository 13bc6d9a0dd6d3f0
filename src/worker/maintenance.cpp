#include "worker/maintenance.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "store/sweep.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto sweep_time = 1000ms;    // between two sweeps of a partition at least
constexpr auto longest_rest = 1h;      // and at most
constexpr auto relief_time = 60000ms;  // until the next try where nothing was left to give and nothing came
constexpr auto slice_pause = 2ms;      // other commands come in between
constexpr auto look_time = 4000ms;     // between two looks at single partitions, see look_at_next()

store::Keep keep_of(const Core& core, const store::Ownership& owner) {
    store::Keep keep;
    keep.events_age = core.settings.retention_age;
    keep.events_bytes = owner.share(core.settings.retention_bytes);
    keep.dead_age = core.settings.dead_age;
    keep.dead_bytes = owner.share(core.settings.dead_bytes);
    keep.pressed = core.pressure.pressed();
    return keep;
}

/// Sweeps once and notes when the next time is. True: something was freed.
asio::awaitable<bool> sweep_once(Core& core, PartitionPtr partition) {
    const auto began = Clock::now();
    partition->next_sweep = began + longest_rest;  // what is settled meanwhile puts it forward
    const auto reply =
        co_await core.link.run(store::sweep(partition->owner(), keep_of(core, partition->owner())));
    if (partition->lost()) co_return false;
    if (!reply || reply->root().is_error()) {
        partition->next_sweep = began + sweep_time;
        co_return false;
    }
    if (!reply->root().is_array() || reply->root().count != 2) {
        core.lose(partition);
        co_return false;
    }
    const auto next = std::chrono::milliseconds(reply->root()[0].integer);
    if (next == 0ms) {
        partition->next_sweep = began;
    } else if (next > 0ms) {
        partition->next_sweep =
            std::min(partition->next_sweep, began + std::max<std::chrono::milliseconds>(next, sweep_time));
    }
    co_return reply->root()[1].is(1);
}

std::vector<PartitionPtr> owned(const Core& core) {
    std::vector<PartitionPtr> partitions;
    for (const auto& [name, partition] : core.partitions)
        partitions.push_back(partition);
    return partitions;
}

asio::awaitable<void> sweep_due(Core& core) {
    for (const auto& partition : owned(core)) {
        while (!partition->lost() && !core.pressure.pressed() && Clock::now() >= partition->next_sweep)
            co_await sweep_once(core, partition);
    }
}

/// Frees slice after slice, each partition in turn, until there is room again or nothing more to give.
asio::awaitable<void> relieve(Core& core) {
    bool freed = true;
    while (freed && core.pressure.pressed() && core.link.ready()) {
        freed = false;
        for (const auto& partition : owned(core)) {
            if (partition->lost()) continue;
            const bool some = co_await sweep_once(core, partition);
            freed = freed || some;
        }
        co_await core.look_at_memory();
        co_await link::sleep_for(slice_pause);
    }
}

/// Looks at one partition after the other, at a rate that does not depend on their number: at what is due
/// there, which also tells whether it is still ours. Nothing needs it but what somebody did by hand, or a
/// program that died half-way.
void look_at_next(Core& core, PartitionName* last) {
    auto next = core.partitions.upper_bound(*last);
    if (next == core.partitions.end()) next = core.partitions.begin();
    if (next == core.partitions.end()) return;
    *last = next->first;
    next->second->due_at(SteadyTime::min());
}

}  // namespace

asio::awaitable<void> sweep_partitions(Core& core) {
    PartitionName looked_at;
    SteadyTime next_look = Clock::now() + look_time, next_relief = SteadyTime::min();
    while (!core.stopping) {
        co_await core.memory_is_short.wait(sweep_time);
        co_await core.link.wait_ready();
        const bool traffic = core.pressure.has_traffic();
        if (traffic) co_await core.look_at_memory();
        if (!core.pressure.pressed()) {
            co_await sweep_due(core);
            next_relief = SteadyTime::min();
        } else if (traffic || Clock::now() >= next_relief) {
            co_await relieve(core);
            next_relief = Clock::now() + relief_time;
        }
        if (Clock::now() < next_look) continue;
        look_at_next(core, &looked_at);
        next_look = Clock::now() + look_time;
    }
}

}  // namespace webhook::worker
