#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "base/time.hpp"
#include "ctl/command.hpp"
#include "ctl/delivery_filter.hpp"
#include "ctl/event_deliveries.hpp"
#include "ctl/event_reader.hpp"
#include "ctl/event_search.hpp"
#include "ctl/failure.hpp"
#include "ctl/long_work.hpp"
#include "ctl/output.hpp"
#include "ctl/progress.hpp"
#include "ctl/show_attempts.hpp"
#include "ctl/show_deliveries.hpp"
#include "ctl/show_event.hpp"
#include "ctl/table.hpp"
#include "ctl/time.hpp"

namespace webhook::ctl {

namespace {

struct EventsOptions {
    EventFilter filter;
    std::string since, until, cursor;
    std::size_t limit = 20;
    bool follow = false, with_data = false;
};

constexpr std::size_t attempts_shown = 100;

struct EventOptions {
    EventFilter filter;
    std::optional<std::string> name;
    std::size_t limit = 20;
};

std::string row_time(const ListedEvent& event) {
    EntryId id;
    EntryId::parse(event.entry, &id);
    return base::format_rfc3339_ms(static_cast<std::int64_t>(id.ms));
}

std::vector<std::string> row(const ListedEvent& event) {
    return {row_time(event),
            event.label(),
            std::string(event.field("source")),
            std::string(event.field("type")),
            std::string(event.id()),
            std::string(event.field("key")),
            format_bytes(event.data_bytes)};
}

std::string table_of(const std::vector<ListedEvent>& events) {
    Table table({{"ACCEPTED"},
                 {"ENTRY"},
                 {"SOURCE", false, 24},
                 {"TYPE", false, 40},
                 {"ID", false, 64},
                 {"KEY"},
                 {"SIZE", true}});
    for (const auto& event : events)
        table.add(row(event));
    return table.text();
}

void print_json_of(const std::vector<ListedEvent>& events) {
    for (const auto& event : events)
        print_json(event_json(event));
}

/// The newest that pass the filter, newest first.
std::vector<ListedEvent> read_newest(Redis& redis, const EventsOptions& options) {
    const TimeSpan time = TimeSpan::parse(options.since, options.until);
    EventReader reader(redis, find_partitions(redis, options.filter.stream),
                       {EventOrder::newest_first, time.since, time.until, options.cursor});
    Progress progress("events read:", 0);
    std::vector<ListedEvent> events;
    while (events.size() < options.limit) {
        auto event = reader.next();
        if (!event) break;
        progress.advance();
        if (!options.filter.matches(*event)) continue;
        if (!options.with_data) event->drop_data();
        events.push_back(std::move(*event));
    }
    return events;
}

void follow_line(const Context& context, const ListedEvent& event) {
    if (context.json) return print_json(event_json(event));
    const auto cells = row(event);
    std::string line = cells.front();
    for (std::size_t i = 1; i < cells.size(); ++i)
        line += "  " + (cells[i].empty() ? "-" : printable(cells[i]));
    print_line(line);
}

/// Waits until Redis is there again, or Ctrl-C; one line for each change of state.
std::unique_ptr<Redis> reconnect(const Context& context, const char* problem) {
    print_error(fmt::format("{}; waiting for it", problem));
    for (std::chrono::milliseconds pause{250}; !Interruption::requested();
         pause = std::min<std::chrono::milliseconds>(2 * pause, std::chrono::seconds(5))) {
        Interruption::sleep(pause);
        try {
            auto redis = std::make_unique<Redis>(context.connect());
            redis->command({"GET", "webhook:{config}:none"});  // LOADING is an error, too
            print_error("connected again");
            return redis;
        } catch (const Failure&) {
            continue;
        }
    }
    return nullptr;
}

int follow(const Context& context, const EventsOptions& options) {
    const Interruption interruption;
    auto redis = std::make_unique<Redis>(context.connect());
    Follower follower(*redis, options.filter.stream);
    auto recent = read_newest(*redis, options);
    std::reverse(recent.begin(), recent.end());
    for (const auto& event : recent) {
        follow_line(context, event);
        follower.begin_after(event);
    }
    while (!Interruption::requested()) {
        try {
            for (auto& event : follower.wait()) {
                if (!options.filter.matches(event)) continue;
                if (!options.with_data) event.drop_data();
                follow_line(context, event);
            }
        } catch (const Failure& failure) {
            auto other = reconnect(context, failure.what());
            if (!other) break;
            redis = std::move(other);
            follower.use(*redis);
        }
    }
    return exit_yes;
}

int run_events(const Context& context, const EventsOptions& options) {
    if (options.follow) return follow(context, options);
    Redis redis = context.connect();
    const auto events = read_newest(redis, options);
    if (context.json) {
        print_json_of(events);
    } else {
        print(events.empty() ? "no events\n" : table_of(events));
        if (events.size() == options.limit && options.limit != 0)
            print_line("for older ones: --cursor " + events.back().label());
    }
    return exit_yes;
}

/// The deliveries and attempts of an event; what was delivered is among the attempts only.
void show_deliveries(Redis& redis, const ListedEvent& event) {
    const auto [waiting, dead] = find_deliveries(redis, event);
    if (!waiting.empty()) {
        print_line("\nwaiting:");
        show_waiting({waiting, false});
    }
    if (!dead.empty()) {
        print_line("\ndead:");
        show_dead({dead, false});
    }
    const auto attempts = find_attempts(redis, event, attempts_shown);
    if (attempts.empty()) return;
    print_line("\nattempts:");
    show_attempts(attempts, false);
}

Json deliveries_json(const std::vector<Delivery>& deliveries, const char* score_name) {
    Json list = Json::array();
    for (const auto& delivery : deliveries)
        list.push_back(delivery_json(delivery, score_name));
    return list;
}

Json whole_json(Redis& redis, const ListedEvent& event) {
    Json json = event_json(event);
    const auto [waiting, dead] = find_deliveries(redis, event);
    json["waiting"] = deliveries_json(waiting, "due");
    json["dead"] = deliveries_json(dead, "died");
    json["attempts"] = Json::array();
    for (const auto& attempt : find_attempts(redis, event, attempts_shown))
        json["attempts"].push_back(attempt_json(attempt));
    return json;
}

void show_found(Redis& redis, const std::vector<ListedEvent>& events, const EventOptions& options,
                bool more) {
    if (events.size() == 1 && !more) {
        show_event(events.front());
        return show_deliveries(redis, events.front());
    }
    print(table_of(events));
    if (more) print_line(fmt::format("... and more: --limit {}", options.limit * 10));
    print_line(fmt::format("several events are called \"{}\"; to see one of them: webhookctl event {}",
                           printable(options.filter.name), printable(events.front().label())));
}

std::vector<ListedEvent> find_named(Redis& redis, EventFilter filter, const std::optional<std::string>& name,
                                    std::size_t limit) {
    if (!name) throw Failure("say which event: its id, key, webhook-id or entry");
    filter.name = *name;
    auto events = find_events(redis, filter, limit);
    if (events.empty())
        throw NotFound(fmt::format("event \"{}\" was not found: it was never accepted, or has been trimmed",
                                   printable(*name)));
    return events;
}

int run_event(const Context& context, const EventOptions& options) {
    if (!options.name) throw Failure("say which event: its id, key, webhook-id or entry");
    Redis redis = context.connect();
    auto events = find_named(redis, options.filter, options.name, options.limit + 1);
    const bool more = events.size() > options.limit;
    if (more) events.pop_back();
    if (context.json) {
        for (const auto& event : events)
            print_json(whole_json(redis, event));
    } else {
        show_found(redis, events, options, more);
    }
    return exit_yes;
}

int run_delete(const Context& context, const EventOptions& options) {
    Redis redis = context.connect();
    const auto events = find_named(redis, options.filter, options.name, 2);
    if (events.size() > 1) {
        throw Failure(
            fmt::format("several events are called \"{}\": name one by its entry, such as {} "
                        "(webhookctl event {})",
                        printable(*options.name), printable(events[0].label()), printable(*options.name)));
    }
    const DeletedEvent deleted = delete_event(redis, events[0]);
    if (context.json) {
        print_json({{"event", events[0].label()},
                    {"cancelled", deleted.cancelled},
                    {"dropped", deleted.dropped},
                    {"attempts", deleted.attempts}});
    } else {
        print_line(
            fmt::format("{}: deleted; {} waiting deliveries cancelled, {} dead letters dropped, {} attempts "
                        "removed from the log",
                        events[0].label(), deleted.cancelled, deleted.dropped, deleted.attempts));
    }
    return exit_yes;
}

Command& add_filter(Command& command, EventFilter* filter) {
    return command.option("--stream", &filter->stream, "Only this stream")
        .option("--source", &filter->source, "Only this source (* stands for anything)")
        .option("--type", &filter->type, "Only these types (order.*)")
        .option("--tenant", &filter->tenant, "Only this tenant (* stands for anything)");
}

void add_events(Command& program) {
    auto options = std::make_shared<EventsOptions>();
    Command command = program.add(
        "events", "List accepted events, newest first",
        "Examples:\n  webhookctl events --source stripe --type 'invoice.*'\n"
        "  webhookctl events --follow --limit 0\n  webhookctl events --json --limit 1000 | jq -r .id");
    add_filter(command, &options->filter)
        .option("--id", &options->filter.name, "Only events with this id, key or webhook-id (msg_...)")
        .option("--since", &options->since, "Only since: 10m (ago), Unix seconds or 2026-11-21T10:00:00Z")
        .option("--until", &options->until, "Only up to this time")
        .option("-n,--limit", &options->limit, "How many (default 20)")
        .option("--cursor", &options->cursor, "Go on behind this entry (STREAM:P/1700000000000-0)")
        .flag("-f,--follow", &options->follow, "Print the last ones, then new ones as they come")
        .flag("--data", &options->with_data, "With --json: with the bodies")
        .run(run_events, options);
}

void add_event(Command& program) {
    auto options = std::make_shared<EventOptions>();
    Command command =
        program.add("event", "Show one event with its body, deliveries and attempts; delete one",
                    "Several events may have one id (of an order, a page): then they are listed, newest "
                    "first. The key and the\n"
                    "webhook-id name one of them, the entry surely.\n\n"
                    "Examples:\n  webhookctl event evt_123\n  webhookctl event evt_123 --json | jq -r .data\n"
                    "  webhookctl event delete evt_123");
    command.option(
        "id", &options->name,
        "Event id, key, webhook-id (msg_...), or entry (1700000000000-0, STREAM:P/1700000000000-0)");
    add_filter(command, &options->filter)
        .option("-n,--limit", &options->limit, "How many, where several have the id (default 20)")
        .range(1)
        .run(run_event, options);
    auto deletion = std::make_shared<EventOptions>();
    Command remove = command.add(
        "delete", "Delete an event for good",
        "Removes it from the stream, with its content and its attempts in the log. What waits of it is "
        "cancelled, dead\n"
        "letters are dropped. Its key stays known, so a copy that comes within the window of deduplication "
        "is no "
        "new event.\n\n"
        "Example:\n  webhookctl event delete orders:3/1700000000000-0");
    remove.option("id", &deletion->name, "Event id, key, webhook-id or entry; must name one event");
    add_filter(remove, &deletion->filter).run(run_delete, deletion);
}

}  // namespace

void show_event(const ListedEvent& event) {
    print_line(fmt::format("{:16} {}", "entry", printable(event.label())));
    print_line(fmt::format("{:16} {}", "webhook-id", printable(event.webhook_id())));
    for (const auto& [name, value] : event.fields) {
        if (name != "data") print_line(fmt::format("{:16} {}", printable(name), printable(value)));
    }
    const std::string_view data = event.field("data");
    if (data.empty()) return;
    print("\n");
    print_line(is_text(data) ? printable_text(data)
                             : fmt::format("({} bytes, base64)\n{}", data.size(), base64(data)));
}

void add_event_commands(Command& program) {
    add_events(program);
    add_event(program);
}

}  // namespace webhook::ctl
