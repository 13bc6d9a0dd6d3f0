#include "worker/intake.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <memory>
#include <utility>

#include "store/keys.hpp"
#include "store/resp.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t batch_bytes = 4u << 20;
constexpr std::size_t batch_events = 512;
constexpr auto block_time = 4000ms;
constexpr auto unblock_pause = 20ms;
constexpr auto unread_after = 1000ms;

class Intake {
  public:
    explicit Intake(Core& core) : core_(core) {}

    asio::awaitable<void> run() {
        while (!core_.stopping) {
            if (!core_.reader.ready()) {
                co_await core_.reader.wait_ready();
                continue;
            }
            if (connection_ != core_.reader.generation()) {
                const bool asked =
                    co_await ask_client_id();  // in the condition itself g++ 12 makes a trap of it
                if (!asked) co_await link::sleep_for(100ms);
                if (!asked) continue;
            }
            const bool all = choose();
            if (chosen_.empty()) {
                co_await core_.readable.wait(100ms);
                continue;
            }
            const bool block = all && !found_;
            known_ = core_.acquisitions;
            blocks_ = block;
            const auto reply = co_await core_.reader.request(command(block));
            blocks_ = false;
            for (const auto& partition : chosen_)
                partition->read_at = Clock::now();
            if (!reply || core_.stopping) continue;
            if (reply->root().is_error()) {
                co_await refused(reply->root());
                continue;
            }
            logged_.clear();
            if (!core_.is_sure())
                continue;  // after a stall another worker may have read these events already
            const bool before = std::exchange(found_, reply->root().count != 0);
            for (const RedisReply& stream : reply->root())
                take_stream(stream);
            if (!found_ && !before && !all) co_await core_.readable.wait(5ms);
        }
    }

    /// Ends a blocking read that does not include all partitions of this worker.
    asio::awaitable<void> interrupt() {
        while (!core_.stopping) {
            co_await core_.read_anew.wait_until(SteadyTime::max());
            while (blocks_ && known_ != core_.acquisitions && core_.link.ready()) {
                co_await core_.link.request(store::resp_command("CLIENT", "UNBLOCK", client_id_));
                co_await link::sleep_for(unblock_pause);  // UNBLOCK may have arrived before the read
            }
        }
    }

  private:
    asio::awaitable<bool> ask_client_id() {
        const auto connection = core_.reader.generation();
        const auto reply = co_await core_.reader.request(store::resp_command("CLIENT", "ID"));
        if (!reply || reply->root().type != RedisReply::Type::integer) co_return false;
        client_id_ = std::to_string(reply->root().integer);
        connection_ = connection;
        co_return true;
    }

    /// Fills `chosen_` with the partitions that have room. Returns false if some have none: then a read must
    /// not block.
    bool choose() {
        chosen_.clear();
        bool all = true;
        const WindowLimit limit = core_.window_limit();
        for (const auto& [name, partition] : core_.partitions) {
            if (partition->draining) continue;
            if (partition->has_room(limit)) {
                chosen_.push_back(partition);
            } else {
                all = false;
            }
        }
        if (core_.epoch.empty() || !core_.is_sure()) chosen_.clear();
        return all;
    }

    /// Builds the XREAD. COUNT applies to each stream; it follows the size of the largest recent events, so
    /// that a batch stays bounded by bytes. After a pause the backlog may hold events of any size, so the
    /// first read asks for one event of each stream.
    std::string command(bool block) {
        const auto now = Clock::now();
        for (const auto& partition : chosen_) {
            if (now - partition->read_at >= unread_after) typical_bytes_ = batch_bytes;
        }
        const auto count =
            std::clamp<std::uint64_t>(batch_bytes / (typical_bytes_ * chosen_.size()), 1, batch_events);
        std::string out;
        store::resp_array(4 + (block ? 2 : 0) + 2 * chosen_.size(), &out);
        store::resp_bulk("XREAD", &out);
        store::resp_bulk("COUNT", &out);
        store::resp_number(count, &out);
        if (block) {
            store::resp_bulk("BLOCK", &out);
            store::resp_number(block_time.count(), &out);
        }
        store::resp_bulk("STREAMS", &out);
        for (const auto& partition : chosen_)
            store::resp_bulk(partition->owner().prefix + "events", &out);
        for (const auto& partition : chosen_)
            store::resp_bulk(partition->position().text(), &out);
        return out;
    }

    asio::awaitable<void> refused(const RedisReply& error) {
        if (logged_ != error.text) {
            logged_ = error.text;
            spdlog::error("cannot read events: {}", logged_);
        }
        co_await core_.readable.wait(500ms);
    }

    void take_stream(const RedisReply& stream) {
        if (!stream.is_array() || stream.count != 2) return;
        const std::string_view key = stream[0].text;
        const auto found = std::find_if(chosen_.begin(), chosen_.end(), [key](const PartitionPtr& partition) {
            const std::string_view prefix = partition->owner().prefix;
            return key.substr(0, prefix.size()) == prefix && key.size() == prefix.size() + 6;
        });
        if (found == chosen_.end() || (*found)->lost() || (*found)->draining) return;
        for (const RedisReply& entry : stream[1])
            take_entry(*found, entry);
    }

    void take_entry(const PartitionPtr& partition, const RedisReply& entry) {
        WindowItem item;
        if (!entry.is_array() || entry.count != 2 || !EntryId::parse(entry[0].text, &item.id)) return;
        if (!(partition->position() < item.id)) return;
        auto event = partition->make_event(entry[0].text);
        const RedisReply& fields = entry[1];
        event->fields.reserve(fields.count / 2);
        for (std::size_t i = 0; i + 1 < fields.count; i += 2) {
            item.bytes += fields[i].text.size() + fields[i + 1].text.size();
            event->fields.emplace_back(fields[i].text, fields[i + 1].text);
        }
        typical_bytes_ = std::max<std::uint64_t>({item.bytes, typical_bytes_ - typical_bytes_ / 32, 256});
        item.event = std::move(event);
        route(partition, std::move(item));
    }

    void route(const PartitionPtr& partition, WindowItem item) {
        core_.endpoints.route(*item.event, &wanted_);
        const auto now = Clock::now();
        item.deliveries.reserve(wanted_.size());
        for (const auto& endpoint : wanted_) {
            auto delivery = partition->make_delivery(endpoint, item.event, item.bytes);
            endpoint->last_routed = now;
            if (endpoint->waits() || !partition->attempts_from_memory(*endpoint)) {
                delivery->state = Delivery::State::ended;
                delivery->decision = not_attempted;
                delivery->error = endpoint->problem;
            } else {
                ++item.open;
            }
            item.deliveries.push_back(std::move(delivery));
        }
        WindowItem& kept = partition->add(std::move(item));
        for (const auto& delivery : kept.deliveries)
            delivery->item = &kept;
        for (const auto& delivery : kept.deliveries) {
            if (delivery->state == Delivery::State::queued) core_.dispatcher.submit(delivery);
        }
        if (kept.open == 0) partition->ended_well();
    }

    Core& core_;
    std::vector<PartitionPtr> chosen_;
    std::vector<EndpointPtr> wanted_;
    std::string logged_, client_id_;
    unsigned long connection_ = 0;  ///< generation of the connection that client_id_ belongs to
    unsigned long known_ = 0;       ///< acquisitions before the current read
    bool blocks_ = false;           ///< the current read may block
    std::uint64_t typical_bytes_ = batch_bytes;
    bool found_ = true;
};

}  // namespace

asio::awaitable<void> read_events(Core& core) {
    const auto intake = std::make_shared<Intake>(core);
    asio::co_spawn(
        core.executor, [intake] { return intake->interrupt(); }, asio::detached);
    co_await intake->run();
}

}  // namespace webhook::worker
