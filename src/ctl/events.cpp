#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "ctl/command.hpp"
#include "ctl/event_reader.hpp"
#include "ctl/failure.hpp"
#include "ctl/output.hpp"
#include "ctl/progress.hpp"
#include "ctl/table.hpp"
#include "ctl/time.hpp"
#include "event/pattern.hpp"

namespace webhook::ctl {

namespace {

struct Filter {
    std::string stream, source, type, tenant, id;

    bool matches(const StoredEvent& event) const {
        const auto fits = [&event](const std::string& pattern, const char* field) {
            return pattern.empty() || event::matches(pattern, event.field(field));
        };
        return fits(source, "source") && fits(type, "type") && fits(tenant, "tenant") &&
               (id.empty() || event.id() == id);
    }
};

struct EventsOptions {
    Filter filter;
    std::size_t limit = 20;
    bool follow = false, with_data = false;
};

struct EventOptions {
    Filter filter;
    std::string id;
};

std::string row_time(const StoredEvent& event) {
    EntryId id;
    EntryId::parse(event.entry, &id);
    return format_time(static_cast<std::int64_t>(id.ms));
}

std::vector<std::string> row(const StoredEvent& event) {
    return {row_time(event),
            event.partition.label() + "/" + event.entry,
            std::string(event.field("source")),
            std::string(event.field("type")),
            std::string(event.id()),
            format_bytes(event.data_bytes)};
}

/// The newest that pass the filter, newest first.
std::vector<StoredEvent> read_newest(Redis& redis, const EventsOptions& options) {
    NewestFirst reader(redis, find_partitions(redis, options.filter.stream));
    Progress progress("events read:", 0);
    std::vector<StoredEvent> events;
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

void follow_line(const Context& context, const StoredEvent& event) {
    if (context.json) return print_json(event_json(event));
    const auto cells = row(event);
    print_line(fmt::format("{}  {}  {}  {}  {}  {}", cells[0], printable(cells[1]), printable(cells[2]),
                           printable(cells[3]), printable(cells[4]), cells[5]));
}

[[noreturn]] void follow(const Context& context, const EventsOptions& options) {
    Redis redis = context.connect();
    Follower follower(redis, options.filter.stream);
    auto recent = read_newest(redis, options);
    std::reverse(recent.begin(), recent.end());
    for (const auto& event : recent) {
        follow_line(context, event);
        follower.begin_after(event);
    }
    for (;;) {
        for (auto& event : follower.wait()) {
            if (!options.filter.matches(event)) continue;
            if (!options.with_data) event.drop_data();
            follow_line(context, event);
        }
    }
}

int run_events(const Context& context, const EventsOptions& options) {
    if (options.follow) follow(context, options);
    Redis redis = context.connect();
    const auto events = read_newest(redis, options);
    Table table({{"ACCEPTED"},
                 {"ENTRY"},
                 {"SOURCE", false, 24},
                 {"TYPE", false, 40},
                 {"ID", false, 64},
                 {"SIZE", true}});
    for (const auto& event : events) {
        if (context.json) {
            print_json(event_json(event));
        } else {
            table.add(row(event));
        }
    }
    if (!context.json) print(table.empty() ? "no events\n" : table.text());
    return exit_yes;
}

std::optional<StoredEvent> find_entry(Redis& redis, const std::vector<Partition>& partitions,
                                      const std::string& entry) {
    for (const auto& partition : partitions) {
        const Reply found = redis.command({"XRANGE", partition.key("events"), entry, entry});
        if (found.size() != 0) return event_from_entry(partition, found[0]);
        const Reply content = redis.command({"HGET", partition.key("content"), entry});
        if (!content.is_nil()) return event_from_content(partition, entry, content.text());
    }
    return std::nullopt;
}

std::optional<StoredEvent> find_in_streams(Redis& redis, const std::vector<Partition>& partitions,
                                           const Filter& filter) {
    NewestFirst reader(redis, partitions);
    Progress progress("events searched:", 0);
    while (auto event = reader.next()) {
        progress.advance();
        if (filter.matches(*event)) return event;
    }
    return std::nullopt;
}

/// Events that were trimmed from the stream, but that waiting or dead deliveries still need.
std::optional<StoredEvent> find_in_content(Redis& redis, const std::vector<Partition>& partitions,
                                           const Filter& filter) {
    for (const auto& partition : partitions) {
        std::string cursor = "0";
        do {
            const Reply page = redis.command({"HSCAN", partition.key("content"), cursor, "COUNT", "20"});
            cursor = page[0].string();
            for (std::size_t i = 0; i + 1 < page[1].size(); i += 2) {
                auto event = event_from_content(partition, page[1][i].string(), page[1][i + 1].text());
                if (filter.matches(event)) return event;
            }
        } while (cursor != "0" && !cursor.empty());
    }
    return std::nullopt;
}

/// `id` as an entry ("1700000000000-0", also "STREAM:P/1700000000000-0") or as the event's own id.
std::optional<StoredEvent> find_event(Redis& redis, const EventOptions& options) {
    if (options.id.empty()) return std::nullopt;  // as a filter it would fit every event
    Partition one;
    EntryId entry;
    std::string_view rest;
    if (parse_partition_label(options.id, &one, &rest) && EntryId::parse(rest, &entry)) {
        return find_entry(redis, {one}, std::string(rest));
    }
    const auto partitions = find_partitions(redis, options.filter.stream);
    if (EntryId::parse(options.id, &entry)) {
        if (auto event = find_entry(redis, partitions, options.id)) return event;
    }
    Filter filter = options.filter;
    filter.id = options.id;
    if (auto event = find_in_streams(redis, partitions, filter)) return event;
    return find_in_content(redis, partitions, filter);
}

void show_event(const StoredEvent& event) {
    print_line(fmt::format("{:16} {}/{}", "entry", event.partition.label(), event.entry));
    for (const auto& [name, value] : event.fields) {
        if (name != "data") print_line(fmt::format("{:16} {}", printable(name), printable(value)));
    }
    const std::string_view data = event.field("data");
    if (data.empty()) return;
    print("\n");
    print_line(is_text(data) ? printable_text(data)
                             : fmt::format("({} bytes, base64)\n{}", data.size(), base64(data)));
}

int run_event(const Context& context, const EventOptions& options) {
    Redis redis = context.connect();
    const auto event = find_event(redis, options);
    if (!event) {
        print_error(fmt::format("event \"{}\" was not found: it was never accepted, or has been trimmed",
                                printable(options.id)));
        return exit_no;
    }
    if (context.json) {
        print_json(event_json(*event));
    } else {
        show_event(*event);
    }
    return exit_yes;
}

Command& add_filter(Command& command, Filter* filter) {
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
        .option("--id", &options->filter.id, "Only this event id")
        .option("-n,--limit", &options->limit, "How many (default 20)")
        .flag("-f,--follow", &options->follow, "Print the last ones, then new ones as they come")
        .flag("--data", &options->with_data, "With --json: with the bodies")
        .run(run_events, options);
}

void add_event(Command& program) {
    auto options = std::make_shared<EventOptions>();
    Command command = program.add(
        "event", "Show one event with its body",
        "When several sources use the same id the newest event is shown: choose with --source.\n\n"
        "Examples:\n  webhookctl event evt_123\n  webhookctl event evt_123 --json | jq -r .data");
    command.option("id", &options->id, "Event id, or entry (1700000000000-0, STREAM:P/1700000000000-0)")
        .required();
    add_filter(command, &options->filter).run(run_event, options);
}

}  // namespace

void add_event_commands(Command& program) {
    add_events(program);
    add_event(program);
}

}  // namespace webhook::ctl
