#include <fmt/format.h>

#include <memory>

#include "base/text.hpp"
#include "ctl/command.hpp"
#include "ctl/config.hpp"
#include "ctl/diff.hpp"
#include "ctl/failure.hpp"
#include "ctl/input.hpp"
#include "ctl/output.hpp"
#include "ctl/signing.hpp"
#include "endpoint/document_parser.hpp"
#include "endpoint/document_print.hpp"
#include "endpoint/strict_json.hpp"

namespace webhook::ctl {

namespace {

using endpoint::Document;
using endpoint::FieldError;

struct AddOptions {
    std::string file;
    bool dry_run = false;
};

struct SetOptions {
    std::string id;
    std::vector<std::string> fields;
    bool dry_run = false;
};

[[noreturn]] void refuse(const std::string& what, const std::vector<FieldError>& errors) {
    throw Failure(fmt::format("{}: nothing was changed:\n{}", what, describe(errors)));
}

/// One document, an array of them, or {"endpoints":[...]}.
std::vector<Document> parse_documents(const std::string& file) {
    const std::string text = read_file(file);
    const std::string name = file == "-" ? "standard input" : file;
    std::vector<std::string> problems;
    std::vector<FieldError> errors;
    const auto json = endpoint::parse_strict_json(text, &problems);
    if (json && json->is_object() && !json->contains("endpoints")) {
        auto document = endpoint::parse_document(text, &errors, {&known_schemes()});
        if (!document || !errors.empty()) refuse(name, errors);
        return {std::move(*document)};
    }
    auto documents = endpoint::parse_file(text, &errors, {&known_schemes()});
    if (!documents || !errors.empty()) refuse(name, errors);
    return std::move(*documents);
}

void restore(Document* document, const Document* stored, const Config& config) {
    std::vector<FieldError> errors;
    endpoint::restore_redacted(document, stored, config.key, &errors);
    if (!errors.empty()) refuse(document->id, errors);
}

void show(const Context& context, const std::vector<Change>& changes, bool dry_run) {
    if (context.json) {
        for (const auto& change : changes)
            print_json(change_json(change));
        return;
    }
    print(diff_text(changes));
    print_line(changes.empty() ? "nothing to change" : dry_run ? "dry run, nothing was changed" : "stored");
}

int run_add(const Context& context, const AddOptions& options) {
    const auto parsed = parse_documents(options.file);
    if (parsed.empty()) throw Failure("there is no endpoint in it");
    Redis redis = context.connect();
    std::vector<Change> changes;
    edit_config(redis, [&](const Config& config, store::ConfigurationChange* change) {
        changes.clear();
        for (Document document : parsed) {
            if (config.documents.count(document.id) != 0) {
                throw NotFound(
                    fmt::format("there is an endpoint \"{}\" already, nothing was changed (webhookctl "
                                "endpoint set changes it)",
                                document.id));
            }
            restore(&document, nullptr, config);
            change->set.emplace_back(document.id, endpoint::to_json(document));
            changes.push_back(
                {Change::Kind::added, document.id, endpoint::redacted_url(document, config.key), 0, {}});
        }
        return !options.dry_run;
    });
    show(context, changes, options.dry_run);
    return exit_yes;
}

/// JSON where it is JSON, else the text itself.
Json value_of(const std::string& text) {
    Json value = parse_json(text);
    return value.is_discarded() ? Json(text) : value;
}

/// Puts "timeout=30s", "retry.schedule=[\"5s\"]" or "headers.X-Key=secret:k" into a document; null removes
/// the member, so that the default holds.
void put_field(const std::string& assignment, Json* document) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0)
        throw Failure("endpoint set wants fields as NAME=VALUE: timeout=30s, match.type='[\"order.*\"]'");
    const std::string name = assignment.substr(0, equals);
    const auto dot = name.find('.');
    const std::string outer = name.substr(0, dot);
    if (outer == "id") throw Failure("the id of an endpoint cannot be changed: add another one");
    Json* object = document;
    std::string member = outer;
    if (dot != std::string::npos) {
        object = &(*document)[outer];
        if (object->is_null()) *object = Json::object();
        if (!object->is_object())
            throw Failure(fmt::format("{} is no object here: give it as a whole, {}='{{...}}'",
                                      printable(outer), printable(outer)));
        member = name.substr(dot + 1);
    }
    Json value = value_of(assignment.substr(equals + 1));
    if (value.is_null()) {
        object->erase(member);
        if (object != document && object->empty()) document->erase(outer);
    } else {
        (*object)[member] = std::move(value);
    }
}

bool touches_sign(const std::vector<std::string>& fields) {
    for (const auto& field : fields) {
        if (base::starts_with(field, "sign")) return true;
    }
    return false;
}

/// The document with the fields put in; checked as `apply` checks it. Schemes that are not known here may
/// stay, but not come in.
Document edited(const Document& stored, const SetOptions& options, const Config& config) {
    Json json = parse_json(endpoint::to_json(stored));
    for (const auto& field : options.fields)
        put_field(field, &json);
    std::vector<FieldError> errors;
    const endpoint::KnownSchemes schemes = touches_sign(options.fields)
                                               ? endpoint::KnownSchemes{&known_schemes()}
                                               : endpoint::KnownSchemes{nullptr, true};
    auto document = endpoint::parse_document(to_text(json), &errors, schemes);
    if (!document || !errors.empty()) refuse(stored.id, errors);
    restore(&*document, &stored, config);
    return std::move(*document);
}

int run_set(const Context& context, const SetOptions& options) {
    Redis redis = context.connect();
    std::vector<Change> changes;
    edit_config(redis, [&](const Config& config, store::ConfigurationChange* change) {
        const auto found = config.documents.find(options.id);
        if (found == config.documents.end()) throw no_endpoint(config, options.id);
        const auto stored = read_document(found->second);
        if (!stored) throw unreadable_endpoint(options.id);
        const Document document = edited(*stored, options, config);
        changes.clear();
        Change one{Change::Kind::changed, options.id, {}, 0, {}};
        one.fields = field_changes(endpoint::to_redacted_json(*stored, config.key),
                                   endpoint::to_redacted_json(document, config.key));
        const std::string json = endpoint::to_json(document);
        if (json != endpoint::to_json(*stored)) {
            changes.push_back(std::move(one));
            change->set.emplace_back(options.id, json);
        }
        return !options.dry_run && !change->empty();
    });
    show(context, changes, options.dry_run);
    return exit_yes;
}

}  // namespace

void add_endpoint_edit_commands(Command& family) {
    auto add = std::make_shared<AddOptions>();
    family
        .add("add", "Add endpoints; the others stay as they are",
             "FILE holds one document, an array of them or {\"endpoints\":[...]}. Nothing is stored when one "
             "is "
             "invalid\n"
             "(exit 2) or exists already (exit 1).\n\n"
             "Examples:\n  webhookctl endpoint add crm.json\n"
             "  echo '{\"id\":\"crm\",\"url\":\"https://crm.example.com/in\"}' | webhookctl endpoint add -")
        .option("file", &add->file, "Endpoint document(s); - is standard input")
        .required()
        .flag("-n,--dry-run", &add->dry_run, "Only check and show")
        .run(run_add, add);
    auto set = std::make_shared<SetOptions>();
    family
        .add("set", "Change fields of one endpoint; the others stay as they are",
             "A value is JSON where it is JSON, else a text; null brings the default back. Fields of an "
             "object "
             "are named\n"
             "with a dot. The whole document is checked before it is stored (exit 2).\n\n"
             "Examples:\n  webhookctl endpoint set crm timeout=30s concurrency=4\n"
             "  webhookctl endpoint set crm match.type='[\"order.*\"]' headers.X-Key=secret:crm-key\n"
             "  webhookctl endpoint set crm retry=null --dry-run")
        .option("id", &set->id, "Endpoint")
        .required()
        .option("field", &set->fields, "NAME=VALUE")
        .required()
        .flag("-n,--dry-run", &set->dry_run, "Only check and show")
        .run(run_set, set);
}

}  // namespace webhook::ctl
