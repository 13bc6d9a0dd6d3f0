#include "worker/waiting_room.hpp"

#include <spdlog/spdlog.h>

#include <map>

#include "store/waiting.hpp"
#include "worker/records.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto poll_time = 200ms;
constexpr unsigned page = 256;
constexpr std::uint64_t claim_count = 64, claim_bytes = 4u << 20, end_slice = 500;
constexpr auto lease_margin = 10000ms;  // for the time between claim and attempt

class WaitingRoom {
  public:
    WaitingRoom(Core& core, PartitionPtr partition) : core_(core), partition_(std::move(partition)) {}

    asio::awaitable<void> run() {
        while (!partition_->lost()) {
            co_await partition_->waiting_work.wait(poll_time);
            co_await core_.link.wait_ready();
            if (partition_->lost() || (core_.stopping && !core_.link.ready())) break;
            if (partition_->draining || core_.epoch.empty()) continue;
            if (std::exchange(partition_->check_all, false)) co_await check_all();
            co_await serve_due();
        }
    }

  private:
    asio::awaitable<void> check_all() {
        const auto reply = co_await core_.link.run(store::waiting_endpoints(partition_->owner()));
        if (!reply || !reply->root().is_array()) {
            partition_->check_all = true;
            co_return;
        }
        for (const Reply& id : reply->root()) {
            if (partition_->lost() || partition_->draining) co_return;
            co_await end_if_gone(std::string(id.text));
        }
    }

    /// An endpoint that we do not know may be newer than our configuration: it is gone only when a reading that began
    /// later does not know it either.
    asio::awaitable<bool> end_if_gone(const std::string& id) {
        const auto endpoint = core_.endpoints.find(id);
        if (endpoint && !endpoint->disabled) {
            unknown_.erase(id);
            co_return false;
        }
        if (!endpoint) {
            const auto [seen, fresh] = unknown_.try_emplace(id, core_.config_reads);
            if (fresh || core_.config_reads < seen->second + 2) {
                partition_->check_all = true;
                co_return true;
            }
        }
        while (!partition_->lost() && !partition_->draining) {
            const auto reply = co_await core_.link.run(
                store::end_waiting(partition_->owner(), id, endpoint ? "disabled" : "", end_slice));
            if (!reply || reply->root().is_error()) {
                partition_->check_all = true;
                co_return true;
            }
            if (reply->root().is(-1)) core_.lose(partition_);
            if (reply->root().integer <= 0) break;
        }
        unknown_.erase(id);
        co_return true;
    }

    asio::awaitable<void> serve_due() {
        const auto reply = co_await core_.link.run(store::due_endpoints(partition_->owner(), offset_, page));
        if (!reply || !reply->root().is_array()) co_return;
        offset_ = reply->root().count == page ? offset_ + page : 0;
        for (const Reply& id : reply->root()) {
            if (partition_->lost() || partition_->draining) co_return;
            const std::string name(id.text);
            if (co_await end_if_gone(name)) continue;
            const auto endpoint = core_.endpoints.find(name);
            if (endpoint && endpoint->takes_waiting()) co_await claim(endpoint);
        }
    }

    asio::awaitable<void> claim(const EndpointPtr& endpoint) {
        const auto places = std::min<std::uint64_t>(core_.dispatcher.places(*endpoint), claim_count);
        if (places == 0) co_return;
        endpoint->claiming += static_cast<unsigned>(places);
        const auto lease = endpoint->document.timeout + endpoint->document.connect_timeout + lease_margin;
        const auto reply = co_await core_.link.run(
            store::claim(partition_->owner(), endpoint->document.id, places, claim_bytes, lease));
        endpoint->claiming -= static_cast<unsigned>(places);
        if (partition_->lost() || !reply || reply->root().is_error()) co_return;
        if (!reply->root().is_array()) {
            core_.lose(partition_);
            co_return;
        }
        const Reply& found = reply->root();
        endpoint->more_due = found.count / 3 >= places;
        for (std::size_t i = 0; i + 2 < found.count; i += 3)
            take(endpoint, found[i].text, found[i + 1], found[i + 2]);
    }

    void take(const EndpointPtr& endpoint, std::string_view id, const Reply& record, const Reply& content) {
        if (!partition_->hold(std::string(id))) return;
        auto event = partition_->make_event(id.substr(0, id.find('/')));
        const bool whole = unpack_content(content.text, event.get());
        const ParsedRecord known = parse_record(record.text);
        const std::uint64_t bytes = known.bytes != 0 ? known.bytes : event->bytes();
        const auto delivery = partition_->make_delivery(endpoint, std::move(event), bytes);
        delivery->id = id;
        delivery->recorded = true;
        delivery->attempts = known.attempts;
        delivery->status = known.status;
        delivery->error = known.error;
        delivery->created_ms = known.created_ms;
        if (whole) return core_.dispatcher.submit(delivery);
        spdlog::error("delivery {}: its content is not there", delivery->id);
        delivery->decision = {Decision::Kind::dead, {}, "content lost", false};
        partition_->ended(delivery);
    }

    Core& core_;
    PartitionPtr partition_;
    std::map<std::string, unsigned long>
        unknown_;  ///< endpoint -> readings of the configuration when first missed
    std::uint64_t offset_ = 0;
};

}  // namespace

asio::awaitable<void> serve_waiting(Core& core, PartitionPtr partition) {
    WaitingRoom room(core, std::move(partition));
    co_await room.run();
}

}  // namespace webhook::worker
