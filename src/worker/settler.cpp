#include "worker/settler.hpp"

#include <spdlog/spdlog.h>

#include "link/wakeup.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto gather_time = 4ms;  // one step settles what ended in this time
constexpr auto tick_time = 100ms;
constexpr auto press_after = 100ms;  // after this time a full window whose floor does not move is forced open
constexpr auto relevant_time = 10s;  // an endpoint that received an event within this time counts as held up

/// Sends one step until Redis has replied; returns false if the partition is lost.
asio::awaitable<bool> send_step(Core& core, const PartitionPtr& partition, const store::Call& call) {
    std::string logged;
    auto pause = 50ms;
    while (!partition->lost()) {
        const auto reply = co_await core.link.run(call);
        if (partition->lost()) break;
        if (!reply) {
            co_await core.link.wait_ready();
            if (core.stopping && !core.link.ready()) break;
            continue;
        }
        if (reply->root().is(1)) {
            if (!logged.empty()) spdlog::info("partition {}: settles again", partition->name().text());
            co_return true;
        }
        if (!reply->root().is_error()) {
            core.lose(partition);
            break;
        }
        if (logged != reply->root().text) {
            logged = reply->root().text;
            spdlog::error("partition {}: cannot settle ({}); trying again", partition->name().text(), logged);
        }
        co_await link::sleep_for(pause);
        pause = std::min<std::chrono::milliseconds>(pause * 2, 1000ms);
    }
    co_return false;
}

OwnedPartition::Rules rules_for(const Core& core, const OwnedPartition& partition) {
    OwnedPartition::Rules rules;
    rules.now = Clock::now();
    rules.pressed =
        !partition.has_room(core.window_limit()) && rules.now - partition.floor_moved() >= press_after;
    rules.give_back = partition.draining && rules.now >= partition.drain_until;
    rules.parked = {partition.owner().share(core.settings.parked_events),
                    partition.owner().share(core.settings.parked_bytes)};
    rules.keep_nothing = core.settings.keeps_nothing() || core.pressure.keep_nothing();
    return rules;
}

/// Marks endpoints without a free place as behind while others are idle, if the window is full and its floor
/// does not move. Their queued deliveries are then recorded in Redis.
void release_others(Core& core, const OwnedPartition& partition, SteadyTime now) {
    const auto blocking = partition.blocking();
    if (blocking.empty()) return;
    for (const auto& [id, endpoint] : core.endpoints.all()) {
        const bool idle = endpoint->queued == 0 && endpoint->running < endpoint->limit();
        if (!idle || endpoint->deleted || endpoint->waits() || now - endpoint->last_routed > relevant_time)
            continue;
        for (Endpoint* const late : blocking)
            core.dispatcher.set_behind(late);
        return;
    }
}

}  // namespace

asio::awaitable<void> settle_partition(Core& core, PartitionPtr partition) {
    while (!partition->lost()) {
        co_await partition->work.wait(1000ms);
        if (partition->lost()) break;
        co_await link::sleep_for(gather_time);
        while (!partition->lost()) {
            store::SettleStep step(partition->owner());
            if (!partition->build(rules_for(core, *partition), &step)) break;
            const store::Call call = step.call();
            if (!co_await send_step(core, partition, call)) break;
            partition->applied();
            core.readable.notify();
            core.pressure.settled(step.routed.bytes + step.bytes());
            if (core.pressure.wants_look()) core.look_at_memory_soon();
        }
    }
}

namespace {

/// Logs when the floor begins to wait because of the limit of parked events, and when it goes on.
void note_parking(OwnedPartition* partition, const OwnedPartition::Rules& rules) {
    const bool full = partition->parking_full(rules);
    if (full == std::exchange(partition->parking_is_full, full)) return;
    if (full) {
        spdlog::warn(
            "partition {}: no more events may be parked (setting \"parked\"): those after them wait in the "
            "stream until the source is resumed",
            partition->name().text());
    } else {
        spdlog::info("partition {}: goes on after parked events", partition->name().text());
    }
}

}  // namespace

asio::awaitable<void> tick_partitions(Core& core) {
    for (unsigned n = 0;; ++n) {
        co_await link::sleep_for(tick_time);
        const auto now = Clock::now();
        for (const auto& [name, partition] : core.partitions) {
            if (partition->window_empty() && !partition->has_outcomes()) continue;
            const auto rules = rules_for(core, *partition);
            note_parking(partition.get(), rules);
            if (rules.pressed) release_others(core, *partition, now);
            partition->work.notify();
        }
        if (n % 3 != 0) continue;
        for (const auto& [id, endpoint] : core.endpoints.all())
            core.dispatcher.check_health(endpoint.get(), now);
    }
}

}  // namespace webhook::worker
