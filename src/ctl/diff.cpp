#include "ctl/diff.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ctl/config.hpp"
#include "ctl/waiting.hpp"
#include "endpoint/document_print.hpp"

namespace webhook::ctl {

namespace {

constexpr std::size_t longest_value = 60;

/// Top-level fields, and those of objects one level down, as JSON text.
std::map<std::string, std::string> flatten(std::string_view document) {
    std::map<std::string, std::string> fields;
    const Json json = parse_json(document);
    if (!json.is_object()) return fields;
    for (const auto& [name, value] : json.items()) {
        if (!value.is_object()) {
            fields[name] = to_text(value);
            continue;
        }
        for (const auto& [inner, inner_value] : value.items())
            fields[fmt::format("{}.{}", name, inner)] = to_text(inner_value);
    }
    return fields;
}

Change compare(const endpoint::Document& wanted, const std::string& stored, std::string_view key) {
    Change change;
    change.id = wanted.id;
    if (const auto before = read_document(stored)) {
        change.fields =
            field_changes(endpoint::to_redacted_json(*before, key), endpoint::to_redacted_json(wanted, key));
    }
    return change;
}

bool equal(const endpoint::Document& wanted, const std::string& stored) {
    const auto before = read_document(stored);
    return before && endpoint::to_json(*before) == endpoint::to_json(wanted);
}

std::string value_text(const std::string& json) {
    return json.empty() ? "default" : shorten(printable(json), longest_value);
}

std::string change_text(const Change& change) {
    const std::string id = printable(change.id);
    switch (change.kind) {
        case Change::Kind::added:
            return fmt::format("+ {}  {}\n", id, printable(change.url));
        case Change::Kind::removed:
            return fmt::format("- {}{}\n", id, cancelled_text(change.cancels));
        case Change::Kind::changed:
            break;
    }
    std::string text = fmt::format("~ {}\n", id);
    for (const auto& field : change.fields) {
        text += fmt::format("    {}: {} -> {}\n", printable(field.name), value_text(field.before),
                            value_text(field.after));
    }
    return text;
}

}  // namespace

std::vector<FieldChange> field_changes(std::string_view before, std::string_view after) {
    const auto old_fields = flatten(before);
    auto names = old_fields;
    const auto new_fields = flatten(after);
    names.insert(new_fields.begin(), new_fields.end());
    const auto value = [](const auto& fields, const std::string& name) {
        const auto found = fields.find(name);
        return found == fields.end() ? std::string() : found->second;
    };
    std::vector<FieldChange> changes;
    for (const auto& [name, unused] : names) {
        FieldChange change{name, value(old_fields, name), value(new_fields, name)};
        if (change.before != change.after) changes.push_back(std::move(change));
    }
    return changes;
}

std::vector<Change> difference(const std::map<std::string, std::string>& stored,
                               const std::vector<endpoint::Document>& wanted, std::string_view key) {
    std::vector<Change> changes;
    auto gone = stored;
    for (const auto& document : wanted) {
        gone.erase(document.id);
        const auto found = stored.find(document.id);
        if (found == stored.end()) {
            changes.push_back(
                {Change::Kind::added, document.id, endpoint::redacted_url(document, key), 0, {}});
        } else if (!equal(document, found->second)) {
            changes.push_back(compare(document, found->second, key));
        }
    }
    for (const auto& [id, document] : gone)
        changes.push_back({Change::Kind::removed, id, {}, 0, {}});
    std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return changes;
}

std::string_view kind_name(Change::Kind kind) {
    switch (kind) {
        case Change::Kind::added:
            return "added";
        case Change::Kind::changed:
            return "changed";
        case Change::Kind::removed:
            break;
    }
    return "removed";
}

std::string diff_text(const std::vector<Change>& changes) {
    std::string text;
    for (const auto& change : changes)
        text += change_text(change);
    return text;
}

Json change_json(const Change& change) {
    Json json{{"change", kind_name(change.kind)}, {"id", change.id}};
    if (change.kind == Change::Kind::removed) json["cancels"] = change.cancels;
    if (change.kind != Change::Kind::changed) return json;
    json["fields"] = Json::array();
    for (const auto& field : change.fields) {
        Json one{{"name", field.name}};
        if (!field.before.empty()) one["before"] = parse_json(field.before);
        if (!field.after.empty()) one["after"] = parse_json(field.after);
        json["fields"].push_back(std::move(one));
    }
    return json;
}

}  // namespace webhook::ctl
