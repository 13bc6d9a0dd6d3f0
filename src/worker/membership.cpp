#include "worker/membership.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <random>

#include "store/configuration.hpp"
#include "store/keys.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto beat_time = 1000ms, renew_time = 3000ms;
constexpr auto handover_time =
    3000ms;  // for attempts under way when a partition goes to another living worker

std::string served_streams(const Settings& settings) {
    std::string names;
    for (const auto& stream : settings.streams)
        names.append(names.empty() ? "" : " ").append(stream.name);
    return names;
}

Member member_of(std::string_view id, std::string_view streams) {
    Member member{std::string(id), {}};
    for (std::size_t end = 0; !streams.empty(); streams.remove_prefix(std::min(end + 1, streams.size()))) {
        end = std::min(streams.find(' '), streams.size());
        member.streams.emplace_back(streams.substr(0, end));
    }
    return member;
}

/// The ids of the workers that serve a stream.
std::vector<std::string_view> serving(const std::vector<Member>& workers, const std::string& stream) {
    std::vector<std::string_view> ids;
    for (const Member& worker : workers) {
        const auto& named = worker.streams;
        if (named.empty() || std::find(named.begin(), named.end(), stream) != named.end())
            ids.push_back(worker.id);
    }
    return ids;
}

}  // namespace

std::vector<PartitionName> share_of(const std::vector<PartitionName>& partitions, std::vector<Member> workers,
                                    const std::string& self) {
    std::sort(workers.begin(), workers.end(), [](const Member& a, const Member& b) { return a.id < b.id; });
    std::map<std::vector<std::string_view>, std::size_t> turns;
    auto turn = turns.end();
    std::vector<PartitionName> mine;
    for (std::size_t i = 0; i < partitions.size(); ++i) {
        const std::string& stream = partitions[i].stream;
        if (i == 0 || stream != partitions[i - 1].stream)
            turn = turns.try_emplace(serving(workers, stream), 0).first;
        const auto& ids = turn->first;
        if (!ids.empty() && ids[turn->second++ % ids.size()] == self) mine.push_back(partitions[i]);
    }
    return mine;
}

Membership::Membership(Core& core, std::function<std::vector<PartitionName>()> partitions,
                       std::function<unsigned(const std::string&)> partition_count,
                       std::function<void(const PartitionPtr&)> acquired)
    : core_(core),
      all_partitions_(std::move(partitions)),
      partition_count_(std::move(partition_count)),
      acquired_(std::move(acquired)),
      look_(core.executor) {}

asio::awaitable<void> Membership::run() {
    while (!core_.stopping) {
        co_await core_.link.wait_ready();
        if (core_.stopping) break;
        const bool beaten = co_await beat();  // in the condition itself g++ 12 makes a trap of it
        if (beaten && !core_.epoch.empty()) {
            const auto mine = share_of(all_partitions_(), workers_, core_.id);
            drain_foreign(mine);
            for (const auto& name : mine)
                co_await take(name);
        }
        co_await renew();
        co_await release_drained();
        co_await look_.wait(beat_time);
    }
}

asio::awaitable<bool> Membership::beat() {
    const auto reply = co_await core_.link.run(store::heartbeat(core_.id, served_streams(core_.settings)));
    if (!reply || !reply->root().is_array()) co_return false;
    std::vector<Member> workers;
    for (std::size_t i = 0; i + 1 < reply->root().count; i += 2)
        workers.push_back(member_of(reply->root()[i].text, reply->root()[i + 1].text));
    if (workers.size() != workers_.size())
        spdlog::info("{} worker{} alive", workers.size(), workers.size() == 1 ? "" : "s");
    workers_ = std::move(workers);
    co_return true;
}

/// One line per change: a partition that cannot be taken is tried again every second.
void Membership::note_trouble(const std::string& name, std::string_view error) {
    std::string& noted = trouble_[name];
    if (noted == error) return;
    noted = error;
    spdlog::error("partition {}: {}", name, error);
}

asio::awaitable<void> Membership::take(const PartitionName& name) {
    if (core_.stopping || core_.partitions.count(name) != 0) co_return;
    store::Ownership owner;
    owner.prefix = store::partition_prefix(name.stream, name.index);
    owner.token = core_.id + ":" + std::to_string(++tokens_);
    owner.epoch = core_.epoch;
    owner.partitions = std::max(1u, partition_count_(name.stream));
    const auto reply = co_await core_.link.run(store::acquire(owner));
    if (!reply || !reply->root().is_array() || reply->root().count != 2) {
        if (reply && reply->root().is_error()) note_trouble(name.text(), reply->root().text);
        co_return;
    }
    EntryId floor;
    if (!reply->root()[0].is(1) || !EntryId::parse(reply->root()[1].text, &floor)) co_return;
    if (owner.epoch != core_.epoch || core_.stopping) {
        co_await core_.link.run(store::release(owner));
        co_return;
    }
    auto partition = std::make_shared<Partition>(core_.executor, name, std::move(owner), floor);
    partition->renewed = Clock::now();
    core_.partitions.emplace(name, partition);
    trouble_.erase(name.text());
    spdlog::info("partition {}: taken, at {}", name.text(), floor.text());
    acquired_(partition);
    core_.readable.notify();
}

asio::awaitable<void> Membership::renew() {
    std::vector<PartitionPtr> due;
    for (const auto& [name, partition] : core_.partitions) {
        if (Clock::now() - partition->renewed >= renew_time) due.push_back(partition);
    }
    for (const auto& partition : due) {
        const auto reply = co_await core_.link.run(store::renew(partition->owner()));
        if (!reply || reply->root().is_error()) co_return;
        if (partition->lost()) continue;
        if (!reply->root().is(1)) {
            core_.lose(partition);
            continue;
        }
        partition->renewed = Clock::now();
    }
}

void Membership::drain(const PartitionPtr& partition, SteadyTime until) {
    if (partition->draining) return;
    partition->draining = true;
    partition->drain_until = until;
    partition->withdraw_unstarted();
    partition->work.notify();
}

void Membership::drain_foreign(const std::vector<PartitionName>& mine) {
    for (const auto& [name, partition] : core_.partitions) {
        if (std::find(mine.begin(), mine.end(), name) == mine.end())
            drain(partition, Clock::now() + handover_time);
    }
}

void Membership::begin_leaving(SteadyTime deadline) {
    for (const auto& [name, partition] : core_.partitions) {
        partition->drain_until = deadline;
        drain(partition, deadline);
    }
}

/// After its deadline a partition goes also while claimed deliveries are under way: their leases end by themselves.
asio::awaitable<void> Membership::release_drained() {
    std::vector<PartitionPtr> drained;
    for (const auto& [name, partition] : core_.partitions) {
        const bool late = partition->drain_until + 1000ms < Clock::now() && partition->window_empty();
        if (partition->draining && (!partition->holds_any() || late)) drained.push_back(partition);
    }
    for (const auto& partition : drained) {
        const auto reply = co_await core_.link.run(store::release(partition->owner()));
        if (!reply) co_return;
        core_.partitions.erase(partition->name());
        partition->lose();
        spdlog::info("partition {}: released", partition->name().text());
    }
}

asio::awaitable<void> Membership::leave() {
    co_await core_.link.run(store::leave(core_.id));
}

}  // namespace webhook::worker
