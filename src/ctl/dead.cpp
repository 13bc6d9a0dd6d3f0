#include <fmt/format.h>

#include <map>
#include <memory>

#include "base/time.hpp"
#include "ctl/attempt_log.hpp"
#include "ctl/command.hpp"
#include "ctl/config.hpp"
#include "ctl/dead_selection.hpp"
#include "ctl/delivery_reader.hpp"
#include "ctl/endpoint_limits.hpp"
#include "ctl/event_search.hpp"
#include "ctl/failure.hpp"
#include "ctl/long_work.hpp"
#include "ctl/output.hpp"
#include "ctl/replay.hpp"
#include "ctl/show_attempts.hpp"
#include "ctl/show_deliveries.hpp"
#include "ctl/show_event.hpp"
#include "ctl/table.hpp"
#include "ctl/tally.hpp"
#include "store/configuration.hpp"
#include "store/operator.hpp"

namespace webhook::ctl {

namespace {

struct ListOptions {
    DeliveryOptions filter;
    std::string cursor;
    std::size_t limit = 50;
};

struct ShowOptions {
    std::string id;
};

struct WorkOptions {
    DeadSelection selection;
    std::string rate;
    bool dry_run = false, verbose = false, out_of_order = false;
};

int run_list(const Context& context, const ListOptions& options) {
    const DeliveryFilter filter(options.filter);
    Redis redis = context.connect();
    DeadReader reader(redis, find_partitions(redis, options.filter.stream), filter, ListOrder::descending,
                      ListPlace::parse(options.cursor), std::min<std::size_t>(options.limit + 1, 500));
    const DeliveryPage page = read_page(redis, &reader, options.limit);
    if (page.deliveries.empty()) require_endpoint(redis, options.filter.endpoint);
    if (context.json) {
        print_json_page(page, "died");
    } else if (page.deliveries.empty()) {
        print_line("no dead letters");
    } else {
        show_dead(page);
    }
    return exit_yes;
}

/// --- show

std::vector<LoggedAttempt> attempts_of(Redis& redis, const Delivery& delivery) {
    constexpr std::size_t most = 100;
    AttemptOptions options;
    options.delivery = delivery.label();
    const AttemptFilter filter(options);
    AttemptReader reader(redis, {delivery.partition}, filter, {});
    std::vector<LoggedAttempt> attempts;
    while (attempts.size() < most) {
        auto attempt = reader.next();
        if (!attempt) break;
        attempts.push_back(std::move(*attempt));
    }
    return attempts;
}

void show_one(Redis& redis, Delivery delivery) {
    DeliveryPage page;
    page.deliveries.push_back(std::move(delivery));
    complete_records(redis, &page.deliveries);
    show_dead(page);
    const Delivery& shown = page.deliveries[0];
    EventFilter named;
    named.name = shown.event_label();
    const auto events = find_events(redis, named, 1);
    print_line("");
    if (events.empty()) {
        print_line(
            "the content of the event has been given up (worker setting \"dead\"): it cannot be replayed");
    } else {
        show_event(events[0]);
    }
    const auto attempts = attempts_of(redis, shown);
    if (attempts.empty()) return;
    print_line("");
    show_attempts(attempts, true);
}

int run_show(const Context& context, const ShowOptions& options) {
    Redis redis = context.connect();
    auto found = find_dead(redis, options.id, {});
    if (found.empty())
        throw NotFound(
            fmt::format("{}: there is no such dead letter (webhookctl dead list)", printable(options.id)));
    complete_records(redis, &found);
    for (auto& delivery : found) {
        if (!context.json) {
            show_one(redis, std::move(delivery));
            continue;
        }
        Json json = delivery_json(delivery, "died");
        json["log"] = Json::array();
        for (const auto& attempt : attempts_of(redis, delivery))
            json["log"].push_back(attempt_json(attempt));
        EventFilter named;
        named.name = delivery.event_label();
        for (const auto& event : find_events(redis, named, 1))
            json["content"] = event_json(event);
        print_json(json);
    }
    return exit_yes;
}

/// --- dry run

struct EndpointSum {
    std::uint64_t count = 0;
    std::int64_t oldest = INT64_MAX, newest = 0;
};

/// Counts what would be replayed or dropped.
int run_dry(const Context& context, Redis& redis, const WorkOptions& options, const char* what) {
    std::map<std::string, EndpointSum> sums;
    std::uint64_t total = 0;
    visit_dead(
        redis, options.selection, 1000,
        [&](const std::vector<Delivery>& slice) {
            for (const auto& delivery : slice) {
                EndpointSum& sum = sums[std::string(endpoint_of(delivery.id))];
                ++sum.count, ++total;
                sum.oldest = std::min(sum.oldest, delivery.score);
                sum.newest = std::max(sum.newest, delivery.score);
            }
            return true;
        },
        [](const std::string&) {});
    if (context.json) {
        Json endpoints = Json::object();
        for (const auto& [endpoint, sum] : sums)
            endpoints[endpoint] = sum.count;
        print_json({{"dry_run", true}, {"count", total}, {"endpoints", std::move(endpoints)}});
        return exit_yes;
    }
    Table table({{"ENDPOINT"}, {"DEAD LETTERS", true}, {"OLDEST DIED"}, {"NEWEST DIED"}});
    for (const auto& [endpoint, sum] : sums) {
        table.add({endpoint, std::to_string(sum.count), base::format_rfc3339_ms(sum.oldest),
                   base::format_rfc3339_ms(sum.newest)});
    }
    if (!sums.empty()) print(table.text());
    print_line(fmt::format("dry run: {} would be {}", total, what));
    return exit_yes;
}

/// --- replay and drop

Outcome not_replayed(std::string label, std::string_view why) {
    Json json{{"id", label}, {"replayed", false}, {"error", why}};
    return {std::move(label), false, std::string(why), std::move(json)};
}

Outcome told(const ReplayOutcome& outcome) {
    if (!outcome.replayed()) return not_replayed(outcome.label, outcome.explanation());
    Json json{{"id", outcome.label}, {"replayed", true}, {"as", outcome.new_label}};
    return {outcome.label, true, "replayed as " + outcome.new_label, std::move(json)};
}

int run_replay(const Context& context, const WorkOptions& options) {
    options.selection.require_some("replay");
    Pace pace = Pace::parse(options.rate);
    Redis redis = context.connect();
    if (options.selection.ids.empty()) require_dead_endpoint(redis, options.selection);
    if (options.dry_run) return run_dry(context, redis, options, "replayed");
    redis.require_rights();
    const Interruption interruption;
    EndpointLimits limits(redis);
    if (options.out_of_order) limits.allow_out_of_order();
    Tally tally(context, options.verbose, "replayed", count_at_most(redis, options.selection));
    visit_dead(
        redis, options.selection, pace.slice(store::replay_slice),
        [&](const std::vector<Delivery>& slice) {
            for (const auto& outcome : replay_slice(redis, limits, slice))
                tally.add(told(outcome));
            if (pace.limited()) redis.command(store::wake_workers());
            pace.wait(slice.size());
            return !Interruption::requested();
        },
        [&](const std::string& name) { tally.add(not_replayed(name, ReplayOutcome{}.explanation())); });
    redis.command(store::wake_workers());
    return tally.finish("no dead letters", Interruption::requested()
                                               ? "the others are dead letters as before, and the same "
                                                 "command goes on with them"
                                               : "");
}

int run_drop(const Context& context, const WorkOptions& options) {
    options.selection.require_some("drop");
    Pace pace = Pace::parse(options.rate);
    Redis redis = context.connect();
    if (options.selection.ids.empty()) require_dead_endpoint(redis, options.selection);
    if (options.dry_run) return run_dry(context, redis, options, "dropped");
    redis.require_rights();
    const Interruption interruption;
    Tally tally(context, options.verbose, "dropped", count_at_most(redis, options.selection));
    visit_dead(
        redis, options.selection, pace.slice(store::operator_slice),
        [&](const std::vector<Delivery>& slice) {
            std::vector<std::string> ids;
            for (const auto& delivery : slice)
                ids.push_back(delivery.id);
            const Partition& partition = slice[0].partition;
            redis.command(store::drop_dead(partition.stream, partition.number, ids));
            for (const auto& delivery : slice)
                tally.add({delivery.label(), true, "dropped", {{"id", delivery.label()}, {"dropped", true}}});
            pace.wait(slice.size());
            return !Interruption::requested();
        },
        [&](const std::string& name) {
            const std::string why(ReplayOutcome{}.explanation());
            tally.add({name, false, why, {{"id", name}, {"dropped", false}, {"error", why}}});
        });
    return tally.finish("no dead letters", Interruption::requested()
                                               ? "the others are dead letters as before, and the same "
                                                 "command goes on with them"
                                               : "");
}

/// --- command line

void add_work_options(Command& command, WorkOptions* options) {
    command.option("id", &options->selection.ids,
                   "Dead letters as \"dead list\" prints them, or an event's id, key or webhook-id");
    add_delivery_options(command, &options->selection.filter, true)
        .flag("--all", &options->selection.all, "All of them")
        .option("-n,--limit", &options->selection.limit, "At most so many, the oldest (default: all)")
        .option("--rate", &options->rate, "At most so many: 50/s, 300/m, 10/h (default: all at once)")
        .flag("--dry-run", &options->dry_run, "Only count, by endpoint")
        .flag("-v,--verbose", &options->verbose, "One line each, also of many");
}

void add_list(Command& family) {
    auto options = std::make_shared<ListOptions>();
    Command command = family.add("list", "List dead letters, latest first",
                                 "Examples:\n  webhookctl dead list --endpoint crm --since 1d\n"
                                 "  webhookctl dead list --status 5xx,none --type 'order.*'\n"
                                 "  webhookctl dead list --json --limit 1000 | jq -r .reason");
    add_delivery_options(command, &options->filter, true)
        .option("-n,--limit", &options->limit, "How many (default 50)")
        .option("--cursor", &options->cursor, "Go on where the page before ended")
        .run(run_list, options);
}

void add_show(Command& family) {
    auto options = std::make_shared<ShowOptions>();
    family
        .add("show", "Show one with its event and its attempts",
             "The name of an event shows all dead letters of that event.\n\n"
             "Example:\n  webhookctl dead show orders:3/1700000000000-0/crm")
        .option("id", &options->id, "Dead letter, or an event's id, key, webhook-id or entry")
        .required()
        .run(run_show, options);
}

}  // namespace

void add_dead_commands(Command& program) {
    Command family = program.add_family(
        "dead", "List, show, replay and drop dead letters",
        "Examples:\n  webhookctl dead list --reason exhausted\n  webhookctl dead replay --all --dry-run");
    add_list(family);
    add_show(family);
    auto replay = std::make_shared<WorkOptions>();
    Command replay_command = family.add(
        "replay", "Send dead letters again",
        "Each becomes a new delivery that is due now, with the same webhook-id and a fresh schedule; the "
        "oldest go first.\n"
        "An event's id stands for all dead letters of that event; where several events have it, name "
        "one by its\n"
        "key, webhook-id or entry. Ctrl-C stops after the present slice; the same command goes on. Exit 1 "
        "when "
        "one of\n"
        "them could not be replayed.\n\n"
        "Examples:\n  webhookctl dead replay orders:3/1700000000000-0/crm\n"
        "  webhookctl dead replay --endpoint crm --status 5xx --since 1d --dry-run\n"
        "  webhookctl dead replay --endpoint crm --rate 50/s --limit 1000");
    add_work_options(replay_command, replay.get());
    replay_command
        .flag("--out-of-order", &replay->out_of_order, "Also to ordered endpoints, whose order this breaks")
        .run(run_replay, replay);
    auto drop = std::make_shared<WorkOptions>();
    Command drop_command = family.add(
        "drop", "Drop dead letters for good",
        "The content goes with the last delivery that needs it. The counter \"dead\" of the ledger stays: it "
        "counts deaths.\n\n"
        "Examples:\n  webhookctl dead drop --endpoint crm --until 30d --dry-run\n"
        "  webhookctl dead drop orders:3/1700000000000-0/crm");
    add_work_options(drop_command, drop.get());
    drop_command.run(run_drop, drop);
}

}  // namespace webhook::ctl
