#include "ctl/health.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ctl/attempt_log.hpp"
#include "ctl/partitions.hpp"
#include "ctl/time.hpp"
#include "store/keys.hpp"

namespace webhook::ctl {

namespace {

constexpr std::size_t attempts_read = 5000;

std::string ago(std::int64_t then, std::int64_t now) {
    return then == 0 ? std::string() : format_span(std::max<std::int64_t>(0, now - then)) + " ago";
}

/// Takes one more attempt, an older one than all before.
void take_older(const Json& attempt, Health* health) {
    const std::int64_t at = number_of(attempt, "at");
    const bool delivered = text_of(attempt, "result") == "delivered";
    if (health->state.empty()) {
        health->state = delivered ? "ok" : "failing";
        health->since = at;
    } else if ((health->state == "ok") == delivered && health->last_success == 0) {
        health->since = at;
    }
    if (delivered) {
        if (health->last_success == 0) health->last_success = at;
    } else if (health->last_error_at == 0) {
        health->last_error_at = at;
        health->last_error = text_of(attempt, "error");
    }
}

/// Reads the newest attempts of each partition.
void derive(Redis& redis, const std::set<std::string>& known, std::map<std::string, Health>* all) {
    const AttemptFilter everything{AttemptOptions{}};
    AttemptReader reader(redis, find_partitions(redis), everything, {});
    for (std::size_t i = 0; i < attempts_read; ++i) {
        const auto attempt = reader.next();
        if (!attempt) return;
        const std::string endpoint = text_of(attempt->json, "endpoint");
        if (!endpoint.empty() && known.count(endpoint) == 0) take_older(attempt->json, &(*all)[endpoint]);
    }
}

/// Calls `take` with each endpoint and the JSON that a hash of the configuration has of it.
template <class Take>
void visit_hash(Redis& redis, const char* name, const Take& take) {
    const Reply all = redis.command({"HGETALL", store::config_key(name)});
    for (std::size_t i = 0; i + 1 < all.size(); i += 2)
        take(all[i].string(), parse_object(all[i + 1].text()));
}

}  // namespace

std::string Health::text(std::int64_t now) const {
    std::string text = state;
    if (!text.empty() && state != "ok" && state != "secret missing" && since != 0)
        text += " for " + format_span(std::max<std::int64_t>(0, now - since));
    if (held_until <= now) return text;
    return fmt::format("{}{}{} for {}", text, text.empty() ? "" : ", ",
                       breaker_open ? "breaker open" : "held", format_span(held_until - now));
}

std::string Health::last_success_text(std::int64_t now) const {
    return ago(last_success, now);
}

std::string Health::last_error_text(std::int64_t now) const {
    if (last_error.empty()) return {};
    return last_error_at == 0 ? last_error : last_error + ", " + ago(last_error_at, now);
}

Json Health::json() const {
    Json json = Json::object();
    if (!state.empty()) json["state"] = state;
    if (since != 0) json["since"] = since;
    if (last_success != 0) json["last_success"] = last_success;
    if (held_until != 0) json["held_until"] = held_until, json["breaker_open"] = breaker_open;
    if (!last_error.empty()) json["last_error"] = {{"at", last_error_at}, {"error", last_error}};
    return json;
}

Health parse_health(std::string_view text) {
    const Json json = parse_object(text);
    Health health;
    health.state = text_of(json, "state");
    health.since = number_of(json, "since");
    health.last_success = number_of(json, "last_success");
    health.last_error = text_of(json, "last_error");
    health.last_error_at = number_of(json, "last_error_at");
    return health;
}

std::map<std::string, Health> read_health(Redis& redis) {
    const Reply written = redis.command({"HGETALL", store::config_key("health")});
    std::map<std::string, Health> all;
    std::set<std::string> known;
    for (std::size_t i = 0; i + 1 < written.size(); i += 2) {
        Health health = parse_health(written[i + 1].text());
        if (health.state.empty()) continue;
        known.insert(written[i].string());
        all[written[i].string()] = std::move(health);
    }
    derive(redis, known, &all);
    visit_hash(redis, "failing", [&](const std::string& endpoint, const Json& failing) {
        if (known.count(endpoint) != 0) return;
        all[endpoint].state = "failing";
        if (const auto since = number_of(failing, "since"); since != 0) all[endpoint].since = since;
    });
    visit_hash(redis, "holds", [&](const std::string& endpoint, const Json& hold) {
        all[endpoint].held_until = number_of(hold, "until");
        const auto open = hold.find("open");
        all[endpoint].breaker_open = open != hold.end() && open->is_boolean() && open->get<bool>();
    });
    return all;
}

}  // namespace webhook::ctl
