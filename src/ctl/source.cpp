#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "base/time.hpp"
#include "ctl/command.hpp"
#include "ctl/config.hpp"
#include "ctl/failure.hpp"
#include "ctl/json.hpp"
#include "ctl/listed_event.hpp"
#include "ctl/output.hpp"
#include "ctl/partitions.hpp"
#include "ctl/table.hpp"
#include "store/entry_id.hpp"

namespace webhook::ctl {

namespace {

/// How many of the newest events of each partition are looked at to find sources, and how many at once:
/// bodies may be large.
constexpr std::size_t looked_at = 200, page = 20;
constexpr std::size_t longest_source = 256;  // as nginx accepts it

/// A source as it is found in the streams and in the configuration.
struct Source {
    std::int64_t last = 0;  ///< when its newest event that was seen came
    std::int64_t parked = 0, oldest = 0;
    bool paused = false;
    std::int64_t paused_at = 0;
    std::string paused_by;

    const char* state() const { return paused ? "paused" : parked > 0 ? "resuming" : "active"; }
};

using Sources = std::map<std::string, Source>;

std::int64_t time_of_entry(std::string_view entry) {
    store::EntryId id;
    return store::EntryId::parse(entry, &id) ? static_cast<std::int64_t>(id.ms) : 0;
}

void find_recent(Redis& redis, const Partition& partition, Sources* sources) {
    std::string end = "+";
    for (std::size_t seen = 0; seen < looked_at; seen += page) {
        const Reply reply =
            redis.command({"XREVRANGE", partition.key("events"), end, "-", "COUNT", std::to_string(page)});
        for (std::size_t i = 0; i < reply.size(); ++i) {
            const ListedEvent event = event_from_entry(partition, reply[i]);
            std::int64_t& last = (*sources)[std::string(event.source())].last;
            last = std::max(last, time_of_entry(event.entry));
            end = "(" + event.entry;
        }
        if (reply.size() < page) return;
    }
}

void find_parked(Redis& redis, const Partition& partition, Sources* sources) {
    const Reply counts = redis.command({"HGETALL", partition.key("parked")});
    for (std::size_t i = 0; i + 1 < counts.size(); i += 2) {
        const std::string name = counts[i].string();
        Source& source = (*sources)[name];
        source.parked += counts[i + 1].number();
        const Reply first = redis.command({"LINDEX", partition.key("parked:") + name, "0"});
        const std::int64_t oldest = time_of_entry(first.text());
        if (oldest != 0 && (source.oldest == 0 || oldest < source.oldest)) source.oldest = oldest;
    }
}

void add_paused(const Config& config, Sources* sources) {
    for (const auto& [name, text] : config.paused_sources) {
        const Json pause = parse_object(text);
        Source& source = (*sources)[name];
        source.paused = true;
        source.paused_at = number_of(pause, "at");
        source.paused_by = text_of(pause, "by");
    }
}

Sources find_sources(Redis& redis, const Config& config) {
    Sources sources;
    for (const auto& partition : find_partitions(redis)) {
        find_recent(redis, partition, &sources);
        find_parked(redis, partition, &sources);
    }
    add_paused(config, &sources);
    return sources;
}

std::string time_text(std::int64_t ms) {
    return ms == 0 ? std::string() : base::format_rfc3339_ms(ms);
}

Json time_json(std::int64_t ms) {
    return ms == 0 ? Json() : Json(ms);
}

void print_source(const std::string& name, const Source& source) {
    Json json{{"source", name},
              {"state", source.state()},
              {"parked", source.parked},
              {"oldest", time_json(source.oldest)},
              {"last", time_json(source.last)}};
    if (source.paused) json["paused_at"] = source.paused_at, json["paused_by"] = source.paused_by;
    print_json(json);
}

int run_list(const Context& context) {
    Redis redis = context.connect();
    const Sources sources = find_sources(redis, read_config(redis));
    if (context.json) {
        for (const auto& [name, source] : sources)
            print_source(name, source);
        return exit_yes;
    }
    if (sources.empty()) {
        print_line("no sources yet: nothing was accepted");
        return exit_yes;
    }
    Table table({{"SOURCE", false, 60},
                 {"STATE"},
                 {"PARKED", true},
                 {"OLDEST PARKED"},
                 {"LAST EVENT"},
                 {"NOTE", false, 60}});
    for (const auto& [name, source] : sources) {
        const std::string note = source.paused ? fmt::format("paused by {} since {}", source.paused_by,
                                                             time_text(source.paused_at))
                                               : std::string();
        table.add({name, source.state(), std::to_string(source.parked), time_text(source.oldest),
                   time_text(source.last), note});
    }
    print(table.text());
    return exit_yes;
}

/// The operator, for those who ask later who it was.
std::string user_name() {
    const passwd* const user = ::getpwuid(::getuid());
    return user == nullptr ? fmt::format("uid {}", ::getuid()) : user->pw_name;
}

struct EditOptions {
    std::vector<std::string> sources;
};

/// A name that no event can have is a mistake. One that has none yet may be paused before its first event.
void check_names(const std::vector<std::string>& sources) {
    for (const auto& source : sources) {
        if (source.empty() || source.size() > longest_source)
            throw Failure(
                fmt::format("a source is a name of 1 to {} bytes (webhookctl source list)", longest_source));
    }
}

void print_state(const Context& context, const std::string& source, const char* state, const char* text) {
    if (context.json) {
        print_json({{"source", source}, {"state", state}});
    } else {
        print_line(fmt::format("{}: {}", source, text));
    }
}

int run_pause(const Context& context, const EditOptions& options) {
    check_names(options.sources);
    Redis redis = context.connect();
    const std::string pause = Json{{"at", base::now_ms()}, {"by", user_name()}}.dump();
    Sources known;
    edit_config(redis, [&](const Config& config, store::ConfigurationChange* change) {
        if (config.epoch.empty())
            throw Failure("there is no configuration yet: webhookctl apply FILE makes it");
        known = find_sources(redis, config);
        for (const auto& source : options.sources) {
            if (config.paused_sources.count(source) == 0) change->pause_sources.emplace_back(source, pause);
        }
        return !change->empty();
    });
    for (const auto& source : options.sources) {
        if (known.count(source) == 0)
            print_error(
                fmt::format("note: no recent event has the source \"{}\" (webhookctl source list)", source));
        print_state(context, source, "paused",
                    "paused; its events are stored and parked until it is resumed");
    }
    return exit_yes;
}

int run_resume(const Context& context, const EditOptions& options) {
    check_names(options.sources);
    Redis redis = context.connect();
    std::string missing;
    edit_config(redis, [&](const Config& config, store::ConfigurationChange* change) {
        missing.clear();
        for (const auto& source : options.sources) {
            if (config.paused_sources.count(source) == 0) missing = source;
            change->resume_sources.push_back(source);
        }
        return missing.empty();
    });
    if (!missing.empty()) {
        print_error(fmt::format("the source \"{}\" is not paused (webhookctl source list)", missing));
        return exit_no;
    }
    for (const auto& source : options.sources)
        print_state(context, source, "active", "resumed; parked events are routed oldest first");
    return exit_yes;
}

}  // namespace

void add_source_commands(Command& program) {
    Command family =
        program.add_family("source", "List, pause and resume the sources of events",
                           "Examples:\n  webhookctl source list\n  webhookctl source pause stripe");
    family
        .add("list", "Sources with state and parked events",
             "Sources are those of the newest 200 events of each partition, those that are paused and those\n"
             "with parked events.\n\nExample:\n  webhookctl source list --json")
        .run(run_list);
    auto pause = std::make_shared<EditOptions>();
    family
        .add("pause", "Accept and store events of a source, and hold their routing back",
             "Takes effect in all workers within a second. Parked events keep their order and count as\n"
             "unrouted; the worker setting \"parked\" limits them.\n\n"
             "Example:\n  webhookctl source pause stripe")
        .option("name", &pause->sources, "Sources")
        .required()
        .run(run_pause, pause);
    auto resume = std::make_shared<EditOptions>();
    family
        .add("resume", "Route parked events, oldest first, and new ones again",
             "They go to the endpoints as these are now.\n\nExample:\n  webhookctl source resume stripe")
        .option("name", &resume->sources, "Sources")
        .required()
        .run(run_resume, resume);
}

}  // namespace webhook::ctl
