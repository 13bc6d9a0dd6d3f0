#include <fmt/format.h>

#include <memory>
#include <set>

#include "base/time.hpp"
#include "ctl/command.hpp"
#include "ctl/config.hpp"
#include "ctl/failure.hpp"
#include "ctl/health.hpp"
#include "ctl/output.hpp"
#include "ctl/table.hpp"
#include "ctl/waiting.hpp"
#include "endpoint/document_print.hpp"

namespace webhook::ctl {

namespace {

using endpoint::Document;

/// Where an endpoint stands: its document (absent: this version cannot read it), whether it was disabled.
struct State {
    std::optional<Document> document;
    bool is_disabled = false;
    Disabled disabled;

    const char* name() const {
        if (is_disabled) return "disabled";
        if (!document) return "unreadable";
        return document->paused ? "paused" : "active";
    }
};

State state_of(const Config& config, const std::string& id) {
    State state{read_document(config.documents.at(id)), false, {}};
    if (const auto found = config.disabled.find(id); found != config.disabled.end()) {
        state.is_disabled = true;
        state.disabled = parse_disabled(found->second);
    }
    return state;
}

std::string join(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, ","));
}

std::string match_text(const endpoint::Match& match) {
    std::string text;
    const auto part = [&text](const char* name, const std::vector<std::string>& patterns) {
        if (patterns.empty()) return;
        if (!text.empty()) text += ' ';
        text += fmt::format("{}={}", name, join(patterns));
    };
    part("source", match.source);
    part("type", match.type);
    part("tenant", match.tenant);
    return text.empty() ? "everything" : text;
}

/// Everything that is told of an endpoint beside its document.
struct Fares {
    std::map<std::string, Health> health;
    std::map<std::string, std::int64_t> waiting, dead;

    explicit Fares(Redis& redis)
        : health(read_health(redis)), waiting(count_waiting(redis)), dead(count_dead(redis)) {}
};

Json state_json(const std::string& id, const State& state, const std::string& key, Fares* fares) {
    Json json{{"id", id},
              {"state", state.name()},
              {"waiting", fares->waiting[id]},
              {"dead", fares->dead[id]},
              {"health", fares->health[id].json()}};
    if (state.document) {
        json["url"] = endpoint::redacted_url(*state.document, key);
        json["match"] = {{"source", state.document->match.source},
                         {"type", state.document->match.type},
                         {"tenant", state.document->match.tenant}};
    }
    if (state.is_disabled) json["reason"] = state.disabled.reason, json["at"] = state.disabled.at;
    return json;
}

std::string note(const State& state) {
    if (!state.is_disabled) return {};
    return fmt::format("{} since {}", state.disabled.reason, base::format_rfc3339_ms(state.disabled.at));
}

void list_table(const Config& config, Fares* fares) {
    const std::int64_t now = base::now_ms();
    Table table({{"ID"},
                 {"STATE"},
                 {"HEALTH"},
                 {"WAITING", true},
                 {"DEAD", true},
                 {"LAST SUCCESS"},
                 {"LAST ERROR", false, 40},
                 {"URL", false, 60},
                 {"MATCH", false, 40},
                 {"NOTE", false, 60}});
    for (const auto& [id, json] : config.documents) {
        const State state = state_of(config, id);
        const Health& health = fares->health[id];
        table.add({id, state.name(), health.text(now), std::to_string(fares->waiting[id]),
                   std::to_string(fares->dead[id]), health.last_success_text(now),
                   health.last_error_text(now),
                   state.document ? endpoint::redacted_url(*state.document, config.key) : "",
                   state.document ? match_text(state.document->match) : "", note(state)});
    }
    print(table.text());
}

int run_list(const Context& context) {
    Redis redis = context.connect();
    const Config config = read_config(redis);
    Fares fares(redis);
    if (!context.json) {
        if (config.documents.empty()) {
            print_line("no endpoints: webhookctl apply FILE makes them");
        } else {
            list_table(config, &fares);
        }
        return exit_yes;
    }
    for (const auto& [id, json] : config.documents)
        print_json(state_json(id, state_of(config, id), config.key, &fares));
    return exit_yes;
}

struct ShowOptions {
    std::string id;
};

int run_show(const Context& context, const ShowOptions& options) {
    const std::string& id = options.id;
    Redis redis = context.connect();
    const Config config = read_config(redis);
    if (config.documents.count(id) == 0) throw no_endpoint(config, id);
    const State state = state_of(config, id);
    if (!state.document) throw unreadable_endpoint(id);
    const Json document = parse_json(endpoint::to_redacted_json(*state.document, config.key));
    if (context.json) {
        print_json(document);
        return exit_yes;
    }
    print_line(to_indented_text(document));
    print_line(
        fmt::format("state: {}{}", state.name(), state.is_disabled ? ", " + printable(note(state)) : ""));
    Fares fares(redis);
    print_line(fmt::format("waiting: {}\ndead: {}", fares.waiting[id], fares.dead[id]));
    const std::int64_t now = base::now_ms();
    const Health& health = fares.health[id];
    const auto line = [](const char* name, const std::string& text) {
        if (!text.empty()) print_line(fmt::format("{}: {}", name, printable(text)));
    };
    line("health", health.text(now));
    line("last success", health.last_success_text(now));
    line("last error", health.last_error_text(now));
    return exit_yes;
}

/// Action of a command on one endpoint.
using Edit =
    std::function<void(const std::string& id, const State& state, store::ConfigurationChange* change)>;

void set_paused(const std::string& id, const State& state, bool paused, store::ConfigurationChange* change) {
    if (!state.document) throw unreadable_endpoint(id);
    if (state.document->paused == paused) return;
    Document document = *state.document;
    document.paused = paused;
    change->set.emplace_back(id, endpoint::to_json(document));
}

void pause(const std::string& id, const State& state, store::ConfigurationChange* change) {
    set_paused(id, state, true, change);
}

/// Ends whatever keeps attempts from being made.
void resume(const std::string& id, const State& state, store::ConfigurationChange* change) {
    set_paused(id, state, false, change);
    change->enable.push_back(id);  // which ends a hold, too
}

void remove(const std::string& id, const State& /*state*/, store::ConfigurationChange* change) {
    change->remove.push_back(id);
}

/// All the endpoints named, or none when one of them does not exist.
void edit_all(Redis& redis, const std::vector<std::string>& ids, const Edit& edit) {
    edit_config(redis, [&](const Config& config, store::ConfigurationChange* change) {
        for (const auto& id : ids) {
            if (config.documents.count(id) == 0) throw no_endpoint(config, id);
            edit(id, state_of(config, id), change);
        }
        return !change->empty();
    });
}

int run_edit(const Context& context, const std::vector<std::string>& ids, const Edit& edit,
             const char* done) {
    Redis redis = context.connect();
    edit_all(redis, ids, edit);
    for (const auto& id : ids) {
        if (context.json) {
            print_json({{"id", id}, {"state", done}});
        } else {
            print_line(fmt::format("{}: {}", id, done));
        }
    }
    return exit_yes;
}

struct EditOptions {
    std::vector<std::string> ids;
};

int run_pause(const Context& context, const EditOptions& options) {
    return run_edit(context, options.ids, pause, "paused");
}

int run_resume(const Context& context, const EditOptions& options) {
    return run_edit(context, options.ids, resume, "active");
}

int run_delete(const Context& context, const EditOptions& options) {
    Redis redis = context.connect();
    const std::set<std::string> ids(options.ids.begin(), options.ids.end());
    auto waiting = count_waiting(redis);
    edit_all(redis, {ids.begin(), ids.end()}, remove);
    for (const auto& id : ids) {
        if (context.json) {
            print_json({{"id", id}, {"state", "deleted"}, {"cancels", waiting[id]}});
        } else {
            print_line(fmt::format("{}: deleted{}", id, cancelled_text(waiting[id])));
        }
    }
    return exit_yes;
}

void add_edit(Command command, int (*function)(const Context&, const EditOptions&)) {
    auto options = std::make_shared<EditOptions>();
    command.option("id", &options->ids, "Endpoints").required().run(function, options);
}

}  // namespace

void add_endpoint_commands(Command& program) {
    Command family =
        program.add_family("endpoint", "List, show, add, change, pause, resume and delete endpoints",
                           "Examples:\n  webhookctl endpoint list\n  webhookctl endpoint pause crm");
    family
        .add("list", "All endpoints with state, health, waiting and dead deliveries",
             "Health is what the workers have written, else what the newest attempts of the log show.\n\n"
             "Example:\n  webhookctl endpoint list --json | jq -r 'select(.state != \"active\") | .id'")
        .run(run_list);
    add_endpoint_test(family);
    auto show = std::make_shared<ShowOptions>();
    family
        .add("show", "Print one document",
             "Literal secrets, also those in the URL, are shown as redacted:HASH8.\n\nExample:\n  webhookctl "
             "endpoint show crm")
        .option("id", &show->id, "Endpoint")
        .required()
        .run(run_show, show);
    add_endpoint_edit_commands(family);
    add_edit(family.add(
                 "pause", "Hold deliveries back: they are created and wait",
                 "Takes effect in all workers within a second.\n\nExample:\n  webhookctl endpoint pause crm"),
             run_pause);
    add_edit(
        family.add("resume", "End a pause, or enable an endpoint that was disabled",
                   "What waits is delivered when it is due.\n\nExample:\n  webhookctl endpoint resume crm"),
        run_resume);
    add_edit(
        family.add(
            "delete", "Delete endpoints; what waits for them is cancelled",
            "Waiting deliveries are cancelled (it says how many), dead letters stay until their retention "
            "ends.\n\n"
            "Example:\n  webhookctl endpoint delete crm"),
        run_delete);
}

}  // namespace webhook::ctl
