#include "worker/operations.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "endpoint/strict_json.hpp"
#include "store/operations.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

constexpr auto look_time = 500ms;
constexpr auto note_time = 10s;      // between two notes of an endpoint whose state stays
constexpr auto last_note_time = 2s;  // the same when nothing has happened for a second
constexpr auto dead_pause = 5s;      // between two reports of a partition's dead letters
constexpr auto unseen_time = 30s;    // for dead letters that another step than settling made
constexpr unsigned near_percent = 80, clear_percent = 70;

std::string state_of(const Endpoint& endpoint) {
    if (endpoint.disabled) return "disabled";
    if (!endpoint.problem.empty()) return "secret missing";
    if (endpoint.failing()) return "failing";
    if (endpoint.slow) return "hanging";
    return endpoint.behind ? "slow" : "ok";
}

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

class Operations {
  public:
    explicit Operations(Core& core) : core_(core) {}

    asio::awaitable<void> run() {
        while (!core_.stopping) {
            co_await link::sleep_for(look_time);
            co_await core_.link.wait_ready();
            if (core_.stopping) break;
            if (core_.epoch.empty()) continue;
            co_await look_at_endpoints();
            co_await look_at_dead();
            co_await look_at_memory();
            co_await look_at_parked();
        }
    }

  private:
    /// Events that no endpoint wants are not made.
    bool is_wanted(const std::string& type) {
        Event event;
        event.fields = {{"source", "webhook"}, {"type", type}};
        return !core_.endpoints.route(event).empty();
    }

    /// What was noted of an endpoint last.
    struct Noted {
        std::string state;
        std::int64_t last_success = 0, last_error_at = 0;
        SteadyTime at{};
    };

    asio::awaitable<void> look_at_endpoints() {
        std::vector<EndpointPtr> changed;
        for (const auto& [id, endpoint] : core_.endpoints.all()) {
            if (wants_note(id, *endpoint)) changed.push_back(endpoint);
        }
        for (const auto& endpoint : changed)
            co_await note(endpoint);
        if (noted_.size() > 2 * core_.endpoints.all().size() + 16) noted_.clear();
    }

    bool wants_note(const std::string& id, const Endpoint& endpoint) const {
        const auto known = noted_.find(id);
        const std::string state = state_of(endpoint);
        if (known == noted_.end()) return state != "ok" || endpoint.last_success_ms != 0;
        if (known->second.state != state) return true;
        const bool news = known->second.last_success != endpoint.last_success_ms ||
                          known->second.last_error_at != endpoint.last_error_ms;
        const auto newest = std::max(endpoint.last_success_ms, endpoint.last_error_ms);
        const auto pause = base::now_ms() - newest >= 1000 ? last_note_time : note_time;
        return news && Clock::now() - known->second.at >= pause;
    }

    asio::awaitable<void> note(EndpointPtr endpoint) {
        const std::string id = endpoint->document.id;
        const std::string error = endpoint->problem.empty() ? endpoint->last_error : endpoint->problem;
        const store::Health health{state_of(*endpoint), endpoint->last_success_ms,
                                   endpoint->problem.empty() ? endpoint->last_error_ms : base::now_ms(),
                                   error};
        const auto reply = co_await core_.link.run(store::note_health(core_.epoch, id, health));
        if (!reply || reply->root().is_error()) co_return;
        noted_[id] = {health.state, health.last_success, endpoint->last_error_ms, Clock::now()};
        if (reply->root().text.empty()) co_return;
        const std::string type = "endpoint." + std::string(reply->root().text);
        Json data{{"endpoint", id}, {"state", health.state}};
        if (type != "endpoint.recovered" && !error.empty()) data["error"] = error;
        if (health.last_success != 0) data["last_success"] = base::format_rfc3339_ms(health.last_success);
        co_await publish(type, std::move(data));
    }

    /// Reports dead letters of each partition, at most once in a while: what dies in between goes into one
    /// event per endpoint, with a count.
    asio::awaitable<void> look_at_dead() {
        if (!is_wanted("delivery.dead")) co_return;
        const auto partitions = core_.partitions;
        for (const auto& [name, partition] : partitions) {
            const auto when = partition->next_report + (partition->may_have_dead ? 0s : unseen_time);
            if (partition->lost() || partition->draining || Clock::now() < when) continue;
            partition->may_have_dead = false;
            co_await report_dead(partition);
        }
    }

    asio::awaitable<void> report_dead(PartitionPtr partition) {
        partition->next_report = Clock::now() + look_time * 2;
        const auto reply = co_await core_.link.run(store::new_dead(partition->owner()));
        if (partition->lost() || !reply || !reply->root().is_array() || reply->root().count < 2) co_return;
        const RedisReply& found = reply->root();
        if (found[0].text == found[1].text) co_return;
        partition->may_have_dead = true;  // there may be more
        std::vector<store::OwnEvent> events;
        for (std::size_t i = 2; i + 3 < found.count; i += 4)
            events.push_back(dead_event(*partition, &found[i]));
        if (!events.empty()) partition->next_report = Clock::now() + dead_pause;
        co_await core_.link.run(store::publish_events(partition->owner(),
                                                      base::format_rfc3339_ms(base::now_ms()), events,
                                                      found[0].text, found[1].text));
    }

    static store::OwnEvent dead_event(const OwnedPartition& partition, const RedisReply* group) {
        const Json record = endpoint::parse_bounded_json<Json>(group[3].text);
        Json data{{"endpoint", group[0].text}, {"count", group[1].integer}};
        data["delivery"] = partition.name().text() + "/" + std::string(group[2].text);
        for (const char* const name : {"event", "reason", "error", "status", "attempts"}) {
            if (record.is_object() && record.contains(name)) data[name] = record[name];
        }
        return {"dead/" + data["delivery"].get<std::string>(), "delivery.dead", text_of(data)};
    }

    asio::awaitable<void> look_at_memory() {
        const auto& memory = core_.pressure.memory();
        if (memory.limit == 0) co_return;
        co_await look_at_limit("memory", memory.used, memory.limit, {});
    }

    asio::awaitable<void> look_at_parked() {
        const auto partitions = core_.partitions;
        for (const auto& [name, partition] : partitions) {
            const auto& owner = partition->owner();
            const auto events = owner.share(core_.settings.parked_events);
            if (partition->parking.events() != 0 || near_["parked:" + name.text()])
                co_await look_at_limit("parked", partition->parking.events(), events, name.text());
        }
    }

    /// Reports once when a limit is near, and again only after it was not for a while.
    asio::awaitable<void> look_at_limit(const char* what, std::uint64_t used, std::uint64_t limit,
                                        std::string partition) {
        bool& near = near_[partition.empty() ? what : std::string(what) + ":" + partition];
        if (limit == 0 || used >= limit / 100 * near_percent) {
            if (std::exchange(near, true)) co_return;
            Json data{{"limit", what}, {"used", used}, {"of", limit}};
            if (!partition.empty()) data["partition"] = partition;
            co_await publish("limit.near", std::move(data));
        } else if (used < limit / 100 * clear_percent) {
            near = false;
        }
    }

    /// An event that cannot be stored (no partition, Redis out of memory) is only in the log.
    asio::awaitable<void> publish(std::string type, Json data) {
        if (!is_wanted(type)) co_return;
        const auto found = std::find_if(core_.partitions.begin(), core_.partitions.end(),
                                        [](const auto& one) { return !one.second->draining; });
        const std::string text = text_of(data);
        if (found == core_.partitions.end()) co_return spdlog::warn("not published: {} {}", type, text);
        const PartitionPtr partition = found->second;
        const std::string id = core_.id + "/" + std::to_string(++published_);
        const std::vector<store::OwnEvent> events{{id, type, text}};
        const auto reply = co_await core_.link.run(
            store::publish_events(partition->owner(), base::format_rfc3339_ms(base::now_ms()), events));
        if (!reply || !reply->root().is(1)) spdlog::warn("not published: {} {}", type, text);
    }

    Core& core_;
    std::map<std::string, Noted> noted_;
    std::map<std::string, bool> near_;
    std::uint64_t published_ = 0;
};

}  // namespace

asio::awaitable<void> watch_operations(Core& core) {
    Operations operations(core);
    co_await operations.run();
}

}  // namespace webhook::worker
