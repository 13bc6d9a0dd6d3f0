#include "worker/membership.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <random>

#include "base/text.hpp"
#include "store/configuration.hpp"
#include "store/keys.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto retry_time = 1000ms;     // while a partition of the share is missing, or another one drains
constexpr auto handover_time = 3000ms;  // for running attempts when a partition goes to another living worker

/// Served by a worker that is leaving: no stream has this name.
constexpr std::string_view no_stream = "/";

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

std::uint64_t number_of(const RedisReply& reply) {
    std::uint64_t number = 0;
    std::from_chars(reply.text.data(), reply.text.data() + reply.text.size(), number);
    return number;
}

/// Takes over what acquire() says about parked events.
void note_parked(Parking* parking, const RedisReply& parked) {
    if (parked.count < 2) return;
    parking->begin(number_of(parked[0]), number_of(parked[1]));
    for (std::size_t i = 2; i + 1 < parked.count; i += 2)
        parking->found(parked[i].text, number_of(parked[i + 1]));
}

/// Lists the ids of the workers that serve a stream.
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
                       std::function<void(const PartitionPtr&)> acquired,
                       std::function<void(std::size_t)> workers)
    : core_(core),
      all_partitions_(std::move(partitions)),
      partition_count_(std::move(partition_count)),
      acquired_(std::move(acquired)),
      counted_(std::move(workers)),
      look_(core.executor) {}

asio::awaitable<void> Membership::run() {
    while (!core_.stopping) {
        co_await core_.link.wait_ready();
        if (core_.stopping) break;
        if (Clock::now() >= next_beat_) co_await beat();
        bool settled = true;
        if (beaten_ && !core_.epoch.empty()) {
            const auto mine = share_of(all_partitions_(), workers_, core_.id);
            drain_foreign(mine);
            for (const auto& name : mine)
                co_await take(name);
            settled = std::all_of(mine.begin(), mine.end(),
                                  [this](const auto& name) { return core_.partitions.count(name) != 0; });
        }
        co_await release_drained();
        settled = settled && std::none_of(core_.partitions.begin(), core_.partitions.end(),
                                          [](const auto& one) { return one.second->draining; });
        const auto rest = std::chrono::ceil<std::chrono::milliseconds>(next_beat_ - Clock::now());
        co_await look_.wait(settled ? rest : std::min<std::chrono::milliseconds>(rest, retry_time));
    }
}

void Membership::look() {
    next_beat_ = {};
    look_.notify();
}

/// Sends a heartbeat. If it fails, each partition is checked instead, so that a worker continues when only
/// the key of the workers cannot be reached.
asio::awaitable<void> Membership::beat() {
    const auto sent = Clock::now();
    next_beat_ = sent + beat_time;
    const auto reply = co_await core_.link.run(
        store::heartbeat(core_.id, served_streams(core_.settings), liveness_.to_forget()));
    beaten_ = reply && reply->root().is_array();
    if (beaten_) note_workers(sent, reply->root());
    const bool doubtful = !beaten_ || !core_.is_sure() || connection_ != core_.link.generation();
    if (doubtful) {
        const bool checked =
            co_await check_partitions();  // in the condition itself g++ 12 makes a trap of it
        if (!checked) co_return;
    }
    connection_ = core_.link.generation();
    core_.sure_until = sent + dead_after;
}

void Membership::note_workers(SteadyTime sent, const RedisReply& reply) {
    std::vector<WorkerMark> marks;
    for (std::size_t i = 0; i + 2 < reply.count; i += 3)
        marks.emplace_back(reply[i].text, reply[i + 1].text);
    liveness_.saw(sent, Clock::now(), marks);
    std::vector<Member> workers;
    for (std::size_t i = 0; i + 2 < reply.count; i += 3) {
        if (!liveness_.is_dead(reply[i].text)) workers.push_back(member_of(reply[i].text, reply[i + 2].text));
        if (std::int64_t mark = 0; reply[i].text == core_.id && base::to_number(reply[i + 1].text, &mark))
            core_.dispatcher.clock.note(mark, sent);
    }
    if (workers.size() != workers_.size())
        spdlog::info("{} worker{} alive", workers.size(), workers.size() == 1 ? "" : "s");
    const bool changed = workers.size() != workers_.size();
    workers_ = std::move(workers);
    if (changed) counted_(workers_.size());
}

/// Drops partitions that this worker does not own any more, or whose floor in Redis is lower than ours: then
/// Redis restarted with older data, and new events may have ids below our read position. Returns false if
/// Redis did not reply for all.
asio::awaitable<bool> Membership::check_partitions() {
    const auto partitions = core_.partitions;
    for (const auto& [name, partition] : partitions) {
        const auto reply = co_await core_.link.run(store::is_owned(partition->owner()));
        if (!reply || reply->root().is_error()) co_return false;
        EntryId floor;
        const bool known = EntryId::parse(reply->root().text, &floor) && !(floor < partition->floor());
        if (!known) core_.lose(partition);
    }
    co_return true;
}

/// Logs one line per change: a partition that cannot be acquired is tried again every second.
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
    const Claim asked{name, owner};
    claims_.push_back(asked);
    const auto reply = co_await ask_for(owner);
    if (!reply || !reply->root().is_array() || reply->root().count < 2) {
        if (reply && reply->root().is_error()) note_trouble(name.text(), reply->root().text);
        co_return;
    }
    const bool ours = reply->root()[0].is(1);
    // Redis holds one token: this one and none of our former ones, or another worker's.
    std::erase_if(claims_, [&](const Claim& claim) {
        return claim.name == name &&
               (ours ? claim.owner.token != owner.token : claim.owner.token == owner.token);
    });
    EntryId floor;
    if (!ours || !EntryId::parse(reply->root()[1].text, &floor)) co_return;
    if (owner.epoch != core_.epoch || core_.stopping) {
        co_await release(asked);
        co_return;
    }
    auto partition = std::make_shared<OwnedPartition>(core_.executor, name, std::move(owner), floor);
    if (reply->root().count > 2) note_parked(&partition->parking, reply->root()[2]);
    core_.partitions.emplace(name, partition);
    trouble_.erase(name.text());
    spdlog::info("partition {}: taken, at {}", name.text(), floor.text());
    acquired_(partition);
    core_.note_acquired();
}

asio::awaitable<ReplyPtr> Membership::ask_for(const store::Ownership& owner) {
    auto reply = co_await core_.link.run(store::acquire(owner));
    if (const auto gone = gone_holder(reply); !gone.empty())
        reply = co_await core_.link.run(store::acquire(owner, gone));
    co_return reply;
}

/// Returns the token of a holder that is dead or is this worker. The latter: the reply to an earlier request
/// was lost, or the partition was dropped without a release. Empty: there is no such holder.
std::string Membership::gone_holder(const ReplyPtr& reply) {
    if (!reply || !reply->root().is_array() || reply->root().count < 2 || !reply->root()[0].is(0)) return {};
    const std::string_view holder = reply->root()[1].text, worker = store::worker_of(holder);
    return worker == core_.id || liveness_.is_dead(worker) ? std::string(holder) : std::string();
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

/// Releases a partition after its deadline even while claimed deliveries are running: their leases expire.
asio::awaitable<void> Membership::release_drained() {
    std::vector<PartitionPtr> drained;
    for (const auto& [name, partition] : core_.partitions) {
        const bool late = partition->drain_until + 1000ms < Clock::now() && partition->window_empty();
        if (partition->draining && (!partition->holds_any() || late)) drained.push_back(partition);
    }
    for (const auto& partition : drained) {
        const Claim claim{partition->name(), partition->owner()};  // in the call g++ 12 makes a trap of it
        const bool released = co_await release(claim);
        if (!released) co_return;
        core_.partitions.erase(partition->name());
        partition->lose();
        spdlog::info("partition {}: released", partition->name().text());
    }
    const auto left = forgotten();
    for (const Claim& claim : left) {
        const bool released = co_await release(claim);
        if (!released) co_return;
    }
}

/// Returns false if Redis did not reply: then it may still list the partition as ours.
asio::awaitable<bool> Membership::release(const Claim& claim) {
    const auto reply = co_await core_.link.run(store::release(claim.owner));
    if (!reply || reply->root().is_error()) co_return false;
    std::erase_if(claims_, [&](const Claim& one) { return one.owner.token == claim.owner.token; });
    co_return true;
}

/// Lists partitions that were dropped without a release, or whose reply to acquire() was lost. No other
/// worker can take them while this one is alive.
std::vector<Membership::Claim> Membership::forgotten() const {
    std::vector<Claim> found;
    for (const Claim& claim : claims_) {
        const auto ours = core_.partitions.find(claim.name);
        if (ours == core_.partitions.end() || ours->second->owner().token != claim.owner.token)
            found.push_back(claim);
    }
    return found;
}

asio::awaitable<void> Membership::beat_leaving() {
    const auto sent = Clock::now();
    if (sent < next_leaving_beat_) co_return;
    const auto reply = co_await core_.link.run(store::heartbeat(core_.id, no_stream));
    if (reply) next_leaving_beat_ = sent + beat_time;
}

asio::awaitable<void> Membership::leave() {
    co_await core_.link.run(store::leave(core_.id));
}

}  // namespace webhook::worker
