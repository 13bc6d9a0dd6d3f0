#include "worker/due_deliveries.hpp"

#include <spdlog/spdlog.h>

#include <map>

#include "store/waiting.hpp"
#include "worker/records.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto busy_time = 200ms;  // until the next look if not all due deliveries could be claimed
constexpr unsigned page = 256;
constexpr std::uint64_t claim_count = 64, claim_bytes = 4u << 20;
constexpr auto longest_rest = 1h;
constexpr auto lease_margin = 10000ms;  // for the time between claim and attempt

class DueDeliveries {
  public:
    DueDeliveries(Core& core, PartitionPtr partition) : core_(core), partition_(std::move(partition)) {}

    asio::awaitable<void> run() {
        while (!partition_->lost()) {
            co_await partition_->waiting_work.wait_until(partition_->next_due);
            if (partition_->lost()) break;
            if (Clock::now() < partition_->next_due) continue;  // the time has changed meanwhile
            co_await core_.link.wait_ready();
            if (partition_->lost() || (core_.stopping && !core_.link.ready())) break;
            partition_->next_due = SteadyTime::max();
            if (partition_->draining || core_.epoch.empty()) {
                partition_->next_due = Clock::now() + busy_time;
                continue;
            }
            if (std::exchange(partition_->check_all, false)) co_await check_all();
            co_await serve_due();
            co_await look_for_free();
            if (partition_->check_all) look_soon();
        }
    }

  private:
    void look_soon() { partition_->due_at(Clock::now() + busy_time); }

    asio::awaitable<void> check_all() {
        choose_free();
        const auto reply = co_await core_.link.run(store::waiting_endpoints(partition_->owner()));
        if (!reply || !reply->root().is_array()) {
            partition_->check_all = true;
            co_return;
        }
        note_free(reply->root());
        for (const RedisReply& id : reply->root()) {
            if (partition_->lost() || partition_->draining) co_return;
            co_await end_if_gone(std::string(id.text));
        }
    }

    /// Lets the ordered endpoints of which nothing waits attempt new events from memory.
    void note_free(const RedisReply& waiting) {
        for (const std::string& id : asked_) {
            const bool waits = std::any_of(waiting.begin(), waiting.end(),
                                           [&](const RedisReply& other) { return other.text == id; });
            if (!waits) partition_->order_is_free(id);
        }
    }

    /// Lists the ordered endpoints of which nothing may wait: what is on its way to Redis now is not seen
    /// there.
    void choose_free() {
        asked_.clear();
        for (const auto& [id, endpoint] : core_.endpoints.all()) {
            if (!partition_->attempts_from_memory(*endpoint) && partition_->records_none_of(id))
                asked_.push_back(id);
        }
    }

    asio::awaitable<void> look_for_free() {
        choose_free();
        if (asked_.empty()) co_return;
        const auto reply = co_await core_.link.run(store::waiting_endpoints(partition_->owner()));
        if (reply && reply->root().is_array()) note_free(reply->root());
    }

    /// Cancels all waiting deliveries of an endpoint that was deleted. An unknown endpoint may be newer than
    /// our configuration: it counts as deleted only if a poll that began later does not know it either.
    asio::awaitable<bool> end_if_gone(const std::string& id) {
        const auto endpoint = core_.endpoints.find(id);
        if (endpoint) {
            unknown_.erase(id);
            co_return false;
        }
        const auto [seen, fresh] = unknown_.try_emplace(id, core_.config_reads);
        if (fresh || core_.config_reads < seen->second + 2) {
            partition_->check_all = true;
            co_return true;
        }
        while (!partition_->lost() && !partition_->draining) {
            const auto reply = co_await core_.link.run(store::end_waiting(partition_->owner(), id, {}));
            if (!reply || reply->root().is_error()) {
                partition_->check_all = true;
                co_return true;
            }
            if (!reply->root().is_array()) {
                core_.lose(partition_);
                break;
            }
            if (reply->root()[0].integer == 0) break;
        }
        unknown_.erase(id);
        co_return true;
    }

    /// Claims what is due and sets the time of the next look: Redis returns when the next delivery is due;
    /// deliveries that are due but cannot be claimed wait for a place (checked soon) or for a change of the
    /// endpoint (which triggers a look).
    asio::awaitable<void> serve_due() {
        const auto reply = co_await core_.link.run(store::due_endpoints(partition_->owner(), offset_, page));
        if (!reply || reply->root().is_error()) co_return look_soon();
        const RedisReply& found = reply->root();
        if (!found.is_array() || found.count == 0) co_return core_.lose(partition_);
        offset_ = found[0].is(0) ? offset_ + page : 0;
        if (found[0].is(0)) {
            look_soon();
        } else if (found[0].integer > 0) {
            const std::chrono::milliseconds next(found[0].integer);
            partition_->due_at(Clock::now() + std::min<std::chrono::milliseconds>(next, longest_rest));
        }
        for (std::size_t i = 1; i < found.count; ++i) {
            if (partition_->lost() || partition_->draining) co_return;
            const std::string name(found[i].text);
            if (co_await end_if_gone(name)) continue;
            const auto endpoint = core_.endpoints.find(name);
            if (endpoint && endpoint->takes_waiting()) co_await claim(endpoint);
        }
    }

    asio::awaitable<void> claim(const EndpointPtr& endpoint) {
        const auto places = std::min<std::uint64_t>(core_.dispatcher.places(*endpoint), claim_count);
        if (places == 0) co_return wait_for_place(endpoint);
        endpoint->claiming += static_cast<unsigned>(places);
        const auto lease = endpoint->document.timeout + endpoint->document.connect_timeout + lease_margin;
        const auto reply = co_await core_.link.run(
            store::claim(partition_->owner(), endpoint->document.id, places, claim_bytes, lease));
        endpoint->claiming -= static_cast<unsigned>(places);
        if (partition_->lost()) co_return;
        if (!reply || reply->root().is_error()) co_return look_soon();
        if (!reply->root().is_array()) {
            core_.lose(partition_);
            co_return;
        }
        const RedisReply& found = reply->root();
        endpoint->more_due = found.count / 3 >= places;
        if (endpoint->more_due) note_more(endpoint);
        for (std::size_t i = 0; i + 2 < found.count; i += 3)
            take(endpoint, found[i].text, found[i + 1], found[i + 2]);
        if (found.count != 0) look_soon();  // for what did not fit, and for what becomes due
    }

    /// Looks again when the endpoint has places: after one of its attempts, or soon if others have them.
    void wait_for_place(const EndpointPtr& endpoint) {
        if (endpoint->taken() == 0) return look_soon();
        endpoint->more_due = true;
        note_more(endpoint);
    }

    void note_more(const EndpointPtr& endpoint) {
        for (const auto& known : endpoint->due_in) {
            if (known.lock() == partition_) return;
        }
        endpoint->due_in.push_back(partition_);
    }

    void take(const EndpointPtr& endpoint, std::string_view id, const RedisReply& record,
              const RedisReply& content) {
        if (!partition_->hold(std::string(id))) return;
        endpoint->claimed_in = partition_;
        auto event = partition_->make_event(id.substr(0, id.find('/')));
        const bool whole = event->unpack(content.text);
        const ParsedRecord known = parse_record(record.text);
        const std::uint64_t bytes = known.bytes != 0 ? known.bytes : event->bytes();
        const auto delivery = partition_->make_delivery(endpoint, std::move(event), bytes);
        delivery->id = id;
        delivery->recorded = true;
        delivery->attempts = known.attempts;
        delivery->refusals = known.refusals;
        delivery->lane = known.lane;
        delivery->status = known.status;
        delivery->error = known.error;
        delivery->created_ms = known.created_ms;
        delivery->made_ms = known.made_ms;
        if (whole) return core_.dispatcher.submit(delivery);
        spdlog::error("delivery {}: its stored content is missing", delivery->id);
        delivery->decision = {Decision::Kind::dead, {}, "content lost", false, false};
        partition_->ended(delivery);
    }

    Core& core_;
    PartitionPtr partition_;
    std::map<std::string, unsigned long>
        unknown_;                     ///< endpoint -> `config_reads` when it was first not found
    std::vector<std::string> asked_;  ///< ordered endpoints, see choose_free()
    std::uint64_t offset_ = 0;
};

}  // namespace

asio::awaitable<void> serve_waiting(Core& core, PartitionPtr partition) {
    DueDeliveries due(core, std::move(partition));
    co_await due.run();
}

}  // namespace webhook::worker
