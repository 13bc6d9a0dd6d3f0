#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/time.hpp"
#include "ctl/command.hpp"
#include "ctl/delivery.hpp"
#include "ctl/event_search.hpp"
#include "ctl/failure.hpp"
#include "ctl/output.hpp"
#include "ctl/replay.hpp"
#include "ctl/table.hpp"

namespace webhook::ctl {

namespace {

struct ListOptions {
    std::string stream, endpoint, reason, event;
    std::size_t limit = 50;
};

bool wanted(const Delivery& delivery, const ListOptions& options) {
    return (options.endpoint.empty() || endpoint_of(delivery.id) == options.endpoint) &&
           (options.reason.empty() || text_of(delivery.record, "reason") == options.reason) &&
           (options.event.empty() || is_of_event(delivery.record, options.event));
}

/// The latest dead letters of one partition that pass the filter.
std::vector<Delivery> read_dead(Redis& redis, const Partition& partition, const ListOptions& options) {
    constexpr std::size_t page_size = 200;
    std::vector<Delivery> found;
    std::size_t read = page_size;
    for (std::size_t offset = 0; read == page_size && found.size() <= options.limit; offset += page_size) {
        const Reply page = redis.command({"ZREVRANGE", partition.key("dead"), std::to_string(offset),
                                          std::to_string(offset + page_size - 1), "WITHSCORES"});
        read = page.size() / 2;
        for (auto& delivery : read_deliveries(redis, partition, page)) {
            if (wanted(delivery, options)) found.push_back(std::move(delivery));
        }
    }
    return found;
}

void show_dead(const std::vector<Delivery>& dead) {
    Table table({{"DIED"},
                 {"DELIVERY"},
                 {"EVENT", false, 40},
                 {"REASON"},
                 {"ATTEMPTS", true},
                 {"STATUS", true},
                 {"LAST ERROR", false, 60}});
    for (const auto& delivery : dead) {
        table.add({base::format_rfc3339_ms(delivery.score), delivery.label(),
                   text_of(delivery.record, "event"), text_of(delivery.record, "reason"),
                   std::to_string(number_of(delivery.record, "attempts")), status_text(delivery.record),
                   text_of(delivery.record, "error")});
    }
    print(table.text());
}

int run_list(const Context& context, const ListOptions& options) {
    Redis redis = context.connect();
    std::vector<Delivery> dead;
    for (const auto& partition : find_partitions(redis, options.stream)) {
        auto more = read_dead(redis, partition, options);
        std::move(more.begin(), more.end(), std::back_inserter(dead));
    }
    std::stable_sort(dead.begin(), dead.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    const bool more = dead.size() > options.limit;
    if (more) dead.resize(options.limit);
    if (context.json) {
        for (const auto& delivery : dead)
            print_json(delivery_json(delivery, "died"));
        return exit_yes;
    }
    if (dead.empty()) {
        print_line("no dead letters");
        return exit_yes;
    }
    show_dead(dead);
    if (more) print_line(fmt::format("... and more: --limit {}", options.limit * 10));
    return exit_yes;
}

std::string_view explain(const ReplayOutcome& outcome) {
    if (outcome.refused != nullptr) return outcome.refused;
    switch (outcome.result) {
        case store::ReplayResult::replayed:
            return "replayed";
        case store::ReplayResult::not_dead:
            return "there is no such dead letter (webhookctl dead list)";
        case store::ReplayResult::content_gone:
            return "its content has been given up (worker setting \"dead\"): it cannot be sent again";
        case store::ReplayResult::full:
            break;
    }
    return "its endpoint has too much waiting (max_waiting, max_waiting_bytes): try again later";
}

Json outcome_json(const ReplayOutcome& outcome) {
    Json json{{"id", outcome.label}, {"replayed", outcome.replayed()}};
    if (outcome.replayed()) {
        json["as"] = outcome.new_label;
    } else {
        json["error"] = explain(outcome);
    }
    return json;
}

int run_replay(const Context& context, const ReplaySelection& selection) {
    if (selection.ids.empty() && selection.endpoint.empty() && !selection.all) {
        throw Failure("say what to replay: dead letters by id (webhookctl dead list), --endpoint, or --all");
    }
    Redis redis = context.connect();
    std::size_t replayed = 0, refused = 0;
    replay(redis, selection, [&](const ReplayOutcome& outcome) {
        ++(outcome.replayed() ? replayed : refused);
        if (context.json) return print_json(outcome_json(outcome));
        if (!outcome.replayed())
            print_error(fmt::format("{}: {}", printable(outcome.label), explain(outcome)));
    });
    if (!context.json) {
        print_line(replayed + refused == 0 ? "no dead letters"
                                           : fmt::format("{} replayed, {} not", replayed, refused));
    }
    return refused == 0 ? exit_yes : exit_no;
}

}  // namespace

void add_dead_commands(Command& program) {
    Command family = program.add_family("dead", "List and replay dead letters",
                                        "Examples:\n  webhookctl dead list\n  webhookctl dead replay --all");
    auto list = std::make_shared<ListOptions>();
    family
        .add(
            "list", "List dead letters, latest first",
            "Examples:\n  webhookctl dead list --endpoint crm\n  webhookctl dead list --json | jq -r .reason")
        .option("--stream", &list->stream, "Only this stream")
        .option("--endpoint", &list->endpoint, "Only this endpoint")
        .option("--event", &list->event, "Only this event (its id, key, webhook-id or entry)")
        .option("--reason", &list->reason, "Only this reason (exhausted, overflow, disabled, ...)")
        .option("-n,--limit", &list->limit, "How many (default 50)")
        .run(run_list, list);
    auto selection = std::make_shared<ReplaySelection>();
    family
        .add("replay", "Send dead letters again",
             "Each becomes a new delivery that is due now, with the same webhook-id and a fresh schedule.\n"
             "An event's id stands for all dead letters of that event; where several events have it, name "
             "one by its\n"
             "key, webhook-id or entry. Exit 1 when one of them could not be replayed.\n\n"
             "Examples:\n  webhookctl dead replay orders:3/1700000000000-0/crm\n  webhookctl dead replay "
             "--endpoint crm")
        .option("id", &selection->ids,
                "Dead letters as \"dead list\" prints them, or an event's id, key or webhook-id")
        .option("--endpoint", &selection->endpoint, "All of this endpoint; with an event: only this one")
        .flag("--all", &selection->all, "All of them")
        .option("--stream", &selection->stream, "Only of this stream")
        .run(run_replay, selection);
}

}  // namespace webhook::ctl
