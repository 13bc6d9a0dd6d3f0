#include "worker/parking.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "store/parking.hpp"
#include "worker/routing.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t slice = 64, slice_bytes = 1u << 20;
constexpr auto retry_time = 200ms;

class ParkedEvents {
  public:
    ParkedEvents(Core& core, PartitionPtr partition) : core_(core), partition_(std::move(partition)) {}

    asio::awaitable<void> run() {
        while (!partition_->lost()) {
            co_await partition_->parked_work.wait_until(SteadyTime::max());
            while (!partition_->lost() && !partition_->draining) {
                const std::string source = next_source();
                if (source.empty()) break;
                const bool loaded =
                    co_await load(source);  // in the condition itself g++ 12 makes a trap of it
                if (!loaded) break;
            }
        }
    }

  private:
    /// Returns a source that has parked events and is not paused; empty: there is none, or no room.
    std::string next_source() {
        if (core_.epoch.empty() || !partition_->has_room_for_parked()) return {};
        const auto& sources = partition_->parking.sources();
        const auto wanted = [this](const auto& one) {
            return one.second.left > 0 && core_.paused_sources.count(one.first) == 0;
        };
        auto found = std::find_if(sources.upper_bound(last_), sources.end(), wanted);
        if (found == sources.end()) found = std::find_if(sources.begin(), sources.end(), wanted);
        last_ = found == sources.end() ? std::string() : found->first;
        return last_;
    }

    /// Returns false if nothing could be loaded: what is left is still on its way to Redis, and its settling
    /// step wakes this again.
    asio::awaitable<bool> load(const std::string& source) {
        const std::string after = partition_->parking.sources().find(source)->second.last;
        const auto reply = co_await core_.link.run(
            store::read_parked(partition_->owner(), source, after, slice, slice_bytes));
        if (partition_->lost() || partition_->draining) co_return false;
        if (!reply || reply->root().is_error()) {
            co_await core_.link.wait_ready();
            co_await link::sleep_for(retry_time);
            co_return true;
        }
        if (!reply->root().is_array()) {
            core_.lose(partition_);
            co_return false;
        }
        const RedisReply& found = reply->root();
        for (std::size_t i = 0; i + 1 < found.count; i += 2)
            take(source, found[i].text, found[i + 1].text);
        core_.readable.notify();
        co_return found.count != 0;
    }

    void take(const std::string& source, std::string_view entry, std::string_view content) {
        WindowItem item;
        auto event = partition_->make_event(entry);
        EntryId::parse(entry, &item.id);
        if (!event->unpack(content)) spdlog::error("event {}: its stored content is missing", event->entry);
        item.bytes = event->bytes();
        item.source = source;
        item.event = std::move(event);
        partition_->parking.loaded(source, entry);
        route_parked(core_, partition_, std::move(item));
    }

    Core& core_;
    PartitionPtr partition_;
    std::string last_;  ///< source that was served last
};

}  // namespace

void set_paused_sources(Core& core, const ConfigurationText& text) {
    std::set<std::string, std::less<>> paused;
    for (const auto& [source, pause] : text.paused_sources)
        paused.insert(source);
    const auto before = std::exchange(core.paused_sources, std::move(paused));
    for (const auto& source : core.paused_sources) {
        if (before.count(source) != 0) continue;
        spdlog::info("source {}: paused", source);
        for (const auto& [name, partition] : core.partitions)
            partition->hold_back(source);
    }
    for (const auto& source : before) {
        if (core.paused_sources.count(source) == 0) spdlog::info("source {}: resumed", source);
    }
    for (const auto& [name, partition] : core.partitions)
        partition->parked_work.notify();
}

bool is_catching_up(const Core& core, const OwnedPartition& partition) {
    if (!partition.has_room_for_parked()) return false;
    const auto& sources = partition.parking.sources();
    return std::any_of(sources.begin(), sources.end(), [&core](const auto& one) {
        return one.second.left > 0 && one.second.left <= slice && core.paused_sources.count(one.first) == 0;
    });
}

asio::awaitable<void> serve_parked(Core& core, PartitionPtr partition) {
    partition->parked_work.notify();
    ParkedEvents parked(core, std::move(partition));
    co_await parked.run();
}

}  // namespace webhook::worker
