#include "worker/maintenance.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "store/sweep.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto sweep_time = 1000ms;    // shortest time between two sweeps of a partition
constexpr auto longest_rest = 1h;      // longest time between two sweeps
constexpr auto relief_time = 60000ms;  // until the next try when nothing could be freed and no events arrived
constexpr auto slice_pause = 2ms;      // lets other commands run
constexpr auto look_time = 4000ms;     // between two checks of single partitions, see look_at_next()

store::Keep keep_of(const Core& core, const store::Ownership& owner) {
    store::Keep keep;
    keep.events_age = core.settings.retention_age;
    keep.events_bytes = owner.share(core.settings.retention_bytes);
    keep.dead_age = core.settings.dead_age;
    keep.dead_bytes = owner.share(core.settings.dead_bytes);
    keep.pressed = core.pressure.pressed();
    return keep;
}

/// Sweeps once and sets the time of the next sweep. Returns whether something was freed.
asio::awaitable<bool> sweep_once(Core& core, PartitionPtr partition) {
    const auto began = Clock::now();
    partition->next_sweep = began + longest_rest;  // anything settled meanwhile makes it earlier
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

/// Frees slices, one partition after another, until there is room again or nothing is left to free.
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

/// Makes the next partition look for due deliveries, which also checks that this worker still owns it. The
/// rate does not depend on the number of partitions. Finds changes made by hand and by programs that died
/// half-way.
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
