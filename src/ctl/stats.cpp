#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "base/time.hpp"
#include "ctl/command.hpp"
#include "ctl/config.hpp"
#include "ctl/failure.hpp"
#include "ctl/health.hpp"
#include "ctl/ledger.hpp"
#include "ctl/listed_event.hpp"
#include "ctl/long_work.hpp"
#include "ctl/output.hpp"
#include "ctl/table.hpp"
#include "ctl/time.hpp"
#include "ctl/waiting.hpp"
#include "endpoint/units.hpp"

namespace webhook::ctl {

namespace {

struct StatsOptions {
    std::string stream, interval = "1s";
};

/// Of one stream, over all partitions.
struct StreamStats {
    Ledger ledger;
    std::int64_t dead_letters = 0;                                  ///< that are kept
    std::int64_t oldest_unrouted = INT64_MAX;                       ///< ms: when it was accepted
    std::int64_t most_overdue = INT64_MAX;                          ///< ms: when a waiting delivery was due
    double accepted_rate = 0, delivered_rate = 0, routed_rate = 0;  ///< per second
};

using Stats = std::map<std::string, StreamStats>;

void read_ages(Redis& redis, const Partition& partition, const Reply& floor, StreamStats* stats) {
    const std::string begin = floor.text().empty() ? "-" : "(" + floor.string();
    const Reply first = redis.command({"XRANGE", partition.key("events"), begin, "+", "COUNT", "1"});
    if (first.size() != 0) {
        EntryId entry;
        EntryId::parse(first[0][0].text(), &entry);
        stats->oldest_unrouted = std::min(stats->oldest_unrouted, static_cast<std::int64_t>(entry.ms));
    }
    const Reply due = redis.command({"ZRANGE", partition.key("due"), "0", "0", "WITHSCORES"});
    if (due.size() == 2) stats->most_overdue = std::min(stats->most_overdue, due[1].number());
}

Stats read_stats(Redis& redis, const std::vector<Partition>& partitions, bool with_ages) {
    Stats stats;
    for (const auto& row : read_ledgers(redis, partitions))
        stats[row.partition.stream].ledger += row.ledger;
    if (!with_ages) return stats;
    for (const auto& partition : partitions) {
        StreamStats& one = stats[partition.stream];
        one.dead_letters += redis.command({"ZCARD", partition.key("dead")}).number();
        read_ages(redis, partition, redis.command({"HGET", partition.key("meta"), "floor"}), &one);
    }
    return stats;
}

/// Reads the counters twice, so that there are rates.
Stats measure(Redis& redis, const StatsOptions& options) {
    const auto interval = endpoint::parse_time(options.interval);
    if (!interval) throw Failure("--interval wants a time (1s, 10s; 0s: no rates)");
    const auto partitions = find_partitions(redis, options.stream);
    if (interval->count() == 0) return read_stats(redis, partitions, true);
    const Interruption interruption;
    const auto start = std::chrono::steady_clock::now();
    const Stats before = read_stats(redis, partitions, false);
    Interruption::sleep(*interval);
    Stats stats = read_stats(redis, partitions, true);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    for (auto& [name, now] : stats) {
        const Ledger& then = before.at(name).ledger;
        const auto rate = [seconds](std::int64_t more) { return static_cast<double>(more) / seconds; };
        now.accepted_rate = rate(now.ledger.accepted - then.accepted);
        now.routed_rate = rate(now.ledger.routed - then.routed);
        now.delivered_rate = rate(now.ledger.delivered - then.delivered);
    }
    return stats;
}

Json stats_json(const std::string& stream, const StreamStats& stats, std::int64_t now) {
    Json json{{"stream", stream},
              {"accepted", stats.ledger.accepted},
              {"unrouted", stats.ledger.unrouted},
              {"routed", stats.ledger.routed},
              {"waiting", stats.ledger.waiting},
              {"delivered", stats.ledger.delivered},
              {"dead", stats.ledger.dead},
              {"dead_letters", stats.dead_letters},
              {"cancelled", stats.ledger.cancelled},
              {"rates",
               {{"accepted", stats.accepted_rate},
                {"routed", stats.routed_rate},
                {"delivered", stats.delivered_rate}}}};
    if (stats.oldest_unrouted != INT64_MAX)
        json["oldest_unrouted_ms"] = std::max<std::int64_t>(0, now - stats.oldest_unrouted);
    if (stats.most_overdue < now) json["overdue_ms"] = now - stats.most_overdue;
    return json;
}

std::string per_second(double rate) {
    return rate < 10 ? fmt::format("{:.1f}/s", rate) : fmt::format("{:.0f}/s", rate);
}

void show_streams(const Stats& all, std::int64_t now) {
    Table table({{"STREAM"},
                 {"ACCEPTED", true},
                 {"UNROUTED", true},
                 {"ROUTED", true},
                 {"WAITING", true},
                 {"DEAD", true},
                 {"ACCEPTS", true},
                 {"DELIVERS", true},
                 {"OLDEST UNROUTED", true},
                 {"OVERDUE", true}});
    for (const auto& [stream, stats] : all) {
        const bool waits = stats.oldest_unrouted != INT64_MAX;
        table.add({stream, std::to_string(stats.ledger.accepted), std::to_string(stats.ledger.unrouted),
                   std::to_string(stats.ledger.routed), std::to_string(stats.ledger.waiting),
                   std::to_string(stats.dead_letters), per_second(stats.accepted_rate),
                   per_second(stats.delivered_rate),
                   waits ? format_span(std::max<std::int64_t>(0, now - stats.oldest_unrouted)) : "",
                   stats.most_overdue < now ? format_span(now - stats.most_overdue) : ""});
    }
    print(table.text());
}

struct EndpointStats {
    std::map<std::string, std::int64_t> waiting, dead;
    std::map<std::string, Health> health;
};

void show_endpoints(const Config& config, EndpointStats* stats, std::int64_t now) {
    if (config.documents.empty()) return;
    Table table({{"ENDPOINT"},
                 {"HEALTH"},
                 {"WAITING", true},
                 {"DEAD", true},
                 {"LAST SUCCESS"},
                 {"LAST ERROR", false, 50}});
    for (const auto& [id, document] : config.documents) {
        const Health& health = stats->health[id];
        const bool disabled = config.disabled.count(id) != 0;
        table.add({id, disabled ? "disabled" : health.text(now), std::to_string(stats->waiting[id]),
                   std::to_string(stats->dead[id]), health.last_success_text(now),
                   health.last_error_text(now)});
    }
    print_line("");
    print(table.text());
}

int run_stats(const Context& context, const StatsOptions& options) {
    Redis redis = context.connect();
    const Stats all = measure(redis, options);
    const Config config = read_config(redis);
    EndpointStats endpoints{count_waiting(redis), count_dead(redis), read_health(redis)};
    const std::int64_t now = base::now_ms();
    if (context.json) {
        for (const auto& [stream, stats] : all)
            print_json(stats_json(stream, stats, now));
        for (const auto& [id, document] : config.documents) {
            print_json({{"endpoint", id},
                        {"waiting", endpoints.waiting[id]},
                        {"dead_letters", endpoints.dead[id]},
                        {"health", endpoints.health[id].json()}});
        }
        return exit_yes;
    }
    if (all.empty()) {
        print_line("no streams yet: nothing was accepted");
    } else {
        show_streams(all, now);
    }
    show_endpoints(config, &endpoints, now);
    return exit_yes;
}

}  // namespace

void add_stats_command(Command& program) {
    auto options = std::make_shared<StatsOptions>();
    program
        .add("stats", "Sums, rates and ages of each stream and endpoint",
             "Rates are measured over --interval. DEAD: dead letters that are kept. OVERDUE: how long the "
             "first "
             "waiting delivery\n"
             "has been due.\n\n"
             "Examples:\n  webhookctl stats\n  webhookctl stats --interval 10s --json | jq .rates")
        .option("--stream", &options->stream, "Only this stream")
        .option("--interval", &options->interval, "Measure rates so long (default 1s; 0s: no rates)")
        .run(run_stats, options);
}

}  // namespace webhook::ctl
