#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "ctl/command.hpp"
#include "ctl/config.hpp"
#include "ctl/diff.hpp"
#include "ctl/failure.hpp"
#include "ctl/input.hpp"
#include "ctl/output.hpp"
#include "ctl/signing.hpp"
#include "ctl/waiting.hpp"
#include "endpoint/document_parser.hpp"
#include "endpoint/document_print.hpp"
#include "endpoint/field_reader.hpp"
#include "endpoint/private_file.hpp"

namespace webhook::ctl {

namespace {

using endpoint::Document;

struct ApplyOptions {
    std::string file;
    bool dry_run = false, allow_empty = false;
};

struct ExportOptions {
    std::string secrets;  ///< file
};

std::vector<Document> parse(const std::string& file, const std::string& text) {
    std::vector<endpoint::FieldError> errors;
    auto documents = endpoint::parse_file(text, &errors, {&known_schemes()});
    const std::string name = file == "-" ? "standard input" : file;
    if (!documents) throw Failure(fmt::format("{}: nothing was changed:\n{}", name, describe(errors)));
    return std::move(*documents);
}

/// Puts the stored secrets back where the file says redacted:HASH8.
std::vector<Document> with_secrets(std::vector<Document> wanted, const Config& config) {
    std::vector<endpoint::FieldError> errors;
    for (auto& document : wanted) {
        const auto found = config.documents.find(document.id);
        const auto stored = found == config.documents.end() ? std::nullopt : read_document(found->second);
        endpoint::restore_redacted(&document, stored ? &*stored : nullptr, config.key, &errors);
    }
    if (!errors.empty()) throw Failure("nothing was changed:\n" + describe(errors));
    return wanted;
}

void fill(const std::vector<Change>& changes, const std::vector<Document>& wanted,
          store::ConfigurationChange* change) {
    std::map<std::string_view, const Document*> by_id;
    for (const auto& document : wanted)
        by_id.emplace(document.id, &document);
    for (const auto& one : changes) {
        if (one.kind == Change::Kind::removed) {
            change->remove.push_back(one.id);
        } else {
            change->set.emplace_back(one.id, endpoint::to_json(*by_id.at(one.id)));
        }
    }
}

struct Counts {
    int added = 0, changed = 0, removed = 0;
    std::int64_t cancels = 0;
};

Counts count(const std::vector<Change>& changes) {
    Counts counts;
    for (const auto& change : changes) {
        counts.cancels += change.cancels;
        ++(change.kind == Change::Kind::added     ? counts.added
           : change.kind == Change::Kind::changed ? counts.changed
                                                  : counts.removed);
    }
    return counts;
}

void show(const Context& context, const std::vector<Change>& changes) {
    if (!context.json) return print(diff_text(changes));
    for (const auto& change : changes)
        print_json(change_json(change));
}

void show_summary(const Context& context, const std::vector<Change>& changes, bool applied,
                  std::size_t endpoints) {
    const Counts counts = count(changes);
    if (context.json) {
        print_json({{"applied", applied},
                    {"endpoints", endpoints},
                    {"added", counts.added},
                    {"changed", counts.changed},
                    {"removed", counts.removed},
                    {"cancels", counts.cancels}});
    } else if (changes.empty()) {
        print_line(fmt::format("nothing to change: {} endpoint(s)", endpoints));
    } else {
        print_line(fmt::format("{}: {} added, {} changed, {} removed{}; {} endpoint(s)",
                               applied ? "applied" : "dry run, nothing was changed", counts.added,
                               counts.changed, counts.removed, cancelled_text(counts.cancels), endpoints));
    }
}

/// An endpoint that switched itself off stays off when its document changes: only an operator knows it is
/// well again.
void warn_disabled(const Config& config, const std::vector<Document>& wanted) {
    for (const auto& document : wanted) {
        const auto found = config.disabled.find(document.id);
        if (found == config.disabled.end()) continue;
        print_error(fmt::format("endpoint \"{}\" is disabled ({}): webhookctl endpoint resume {}",
                                document.id, printable(parse_disabled(found->second).reason), document.id));
    }
}

/// Notes how many waiting deliveries each removal cancels.
void count_cancelled(Redis& redis, std::vector<Change>* changes) {
    const auto is_removal = [](const Change& change) { return change.kind == Change::Kind::removed; };
    if (std::none_of(changes->begin(), changes->end(), is_removal)) return;
    auto waiting = count_waiting(redis);
    for (auto& change : *changes)
        change.cancels = is_removal(change) ? waiting[change.id] : 0;
}

/// A list without endpoints is more often a mistake (an empty template, a broken pipe) than meant.
[[noreturn]] void refuse_empty(const std::vector<Change>& changes, const std::string& file) {
    const Counts counts = count(changes);
    throw Failure(
        fmt::format("{}: nothing was changed: there is no endpoint in it, applying it would remove {} "
                    "endpoint(s){}; --allow-empty does that",
                    file == "-" ? "standard input" : file, counts.removed, cancelled_text(counts.cancels)));
}

int run_apply(const Context& context, const ApplyOptions& options) {
    const std::vector<Document> parsed = parse(options.file, read_file(options.file));
    Redis redis = context.connect();
    std::vector<Change> changes;
    edit_config(redis, [&](const Config& config, store::ConfigurationChange* change) {
        const std::vector<Document> wanted = with_secrets(parsed, config);
        changes = difference(config.documents, wanted, config.key);
        count_cancelled(redis, &changes);
        if (wanted.empty() && !options.allow_empty) refuse_empty(changes, options.file);
        fill(changes, wanted, change);
        warn_disabled(config, wanted);
        return !options.dry_run && (!changes.empty() || config.epoch.empty());
    });
    show(context, changes);
    show_summary(context, changes, !options.dry_run, parsed.size());
    return options.dry_run && !changes.empty() ? exit_no : exit_yes;
}

/// The file for apply; `print` gives each document as JSON.
Json export_file(const Config& config, const std::function<std::string(const Document&)>& print) {
    Json list = Json::array();
    for (const auto& [id, json] : config.documents) {
        const auto document = read_document(json);
        if (!document) throw unreadable_endpoint(id);
        list.push_back(parse_json(print(*document)));
    }
    return {{"endpoints", std::move(list)}};
}

/// A backup: everything that apply needs to make these endpoints in an empty Redis.
void export_secrets(const Config& config, const std::string& path) {
    const Json file = export_file(config, endpoint::to_json);
    std::string problem;
    if (!endpoint::write_private_file(AT_FDCWD, path, to_indented_text(file) + "\n", &problem))
        throw Failure(fmt::format("cannot write {}: {}", path, problem));
}

int run_export(const Context& context, const ExportOptions& options) {
    Redis redis = context.connect();
    const Config config = read_config(redis);
    if (!options.secrets.empty()) {
        export_secrets(config, options.secrets);
        return exit_yes;
    }
    const Json file = export_file(config, [&config](const Document& document) {
        return endpoint::to_redacted_json(document, config.key);
    });
    print_line(context.json ? to_text(file) : to_indented_text(file));
    return exit_yes;
}

}  // namespace

void add_config_commands(Command& program) {
    auto options = std::make_shared<ApplyOptions>();
    program
        .add("apply", "Make the endpoints in Redis equal to a file",
             "Shows what is added (+), changed (~) and removed (-); endpoints that are not in the file are "
             "deleted,\n"
             "and their waiting deliveries cancelled (it says how many). A file without endpoints wants "
             "--allow-empty.\n"
             "Nothing is changed when one document is bad (exit 2). A value redacted:HASH8 keeps the stored "
             "secret.\n\n"
             "Examples:\n  webhookctl apply endpoints.json\n  webhookctl apply --dry-run endpoints.json\n"
             "  webhookctl export | sed s/old.example/new.example/ | webhookctl apply -")
        .option("file", &options->file,
                "Array of endpoint documents or {\"endpoints\":[...]}; - is standard input")
        .required()
        .flag("-n,--dry-run", &options->dry_run, "Show the difference only; exit 1 when there is one")
        .flag("--allow-empty", &options->allow_empty, "Apply a file without endpoints, too: removes all")
        .run(run_apply, options);
    auto export_options = std::make_shared<ExportOptions>();
    program
        .add("export", "Write all endpoints as a file for apply",
             "Literal secrets, also those in URLs, are written as redacted:HASH8; apply of that keeps the "
             "stored "
             "ones.\n"
             "--secrets writes a backup that can be applied to an empty Redis: a new file of mode 0600.\n\n"
             "Examples:\n  webhookctl export > endpoints.json\n"
             "  webhookctl export --secrets /root/endpoints.backup.json")
        .option("--secrets", &export_options->secrets,
                "Write the documents with their secrets into this new file")
        .run(run_export, export_options);
}

}  // namespace webhook::ctl
