#include "worker/maintenance.hpp"

#include "store/sweep.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto sweep_time = 1000ms;

store::Keep keep_of(const Settings& settings, const store::Ownership& owner) {
    store::Keep keep;
    keep.events_age = settings.retention_age;
    keep.events_bytes = owner.share(settings.retention_bytes);
    keep.dead_age = settings.dead_age;
    keep.dead_bytes = owner.share(settings.dead_bytes);
    return keep;
}

asio::awaitable<void> sweep_one(Core& core, PartitionPtr partition) {
    while (!partition->lost()) {
        const auto reply = co_await core.link.run(
            store::sweep(partition->owner(), keep_of(core.settings, partition->owner())));
        if (!reply || !reply->root().is(1)) break;
    }
}

}  // namespace

asio::awaitable<void> sweep_partitions(Core& core) {
    while (!core.stopping) {
        co_await sleep_for(sweep_time);
        co_await core.link.wait_ready();
        std::vector<PartitionPtr> partitions;
        for (const auto& [name, partition] : core.partitions)
            partitions.push_back(partition);
        for (const auto& partition : partitions)
            co_await sweep_one(core, partition);
    }
}

}  // namespace webhook::worker
