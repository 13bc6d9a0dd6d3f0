#include "event/fields.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "base/urlencoded.hpp"

namespace webhook::event {

namespace {

using Field = std::pair<std::string, std::string>;

void read(std::string_view text, bool raw, std::string* out) {
    if (raw)
        out->assign(text);
    else
        base::decode(text, out);
}

bool read_fields(std::string_view text, bool raw, std::vector<Field>* fields) {
    std::string_view pair;
    while (base::next_pair(&text, &pair)) {
        if (fields->size() == max_form_fields) return false;
        const std::string_view name = base::pair_name(pair);
        Field& field = fields->emplace_back();
        read(name, raw, &field.first);
        if (name.size() < pair.size()) read(pair.substr(name.size() + 1), raw, &field.second);
    }
    return true;
}

/// True when the text of the field, between two others, could be that of several: where `join` is followed by
/// what holds `assign` a reader would see a field begin.
bool could_be_several(const SortedFields& rule, const Field& field) {
    if (field.first.find(rule.assign) != std::string::npos ||
        field.first.find(rule.join) != std::string::npos)
        return true;
    const std::string_view value = field.second;
    const std::size_t first = value.find(rule.join);
    return first != std::string_view::npos &&
           value.find(rule.assign, first + rule.join.size()) != std::string_view::npos;
}

}  // namespace

bool parse_sorted(std::string_view arg, SortedFields* rule) {
    *rule = {};
    if (arg.empty()) return true;
    const std::size_t colon = arg.find(':', 1);
    if (colon == std::string_view::npos || colon + 1 == arg.size()) return false;
    rule->assign = std::string(arg.substr(0, colon));
    arg.remove_prefix(colon + 1);
    const std::size_t end = arg.find(':', 1);
    rule->join = std::string(arg.substr(0, end));
    rule->raw = end != std::string_view::npos;
    // One character each: no part of one can be taken for the other.
    return (!rule->raw || arg.substr(end) == ":raw") && rule->assign.size() == 1 && rule->join.size() == 1 &&
           rule->assign != rule->join;
}

const char* join_sorted(std::string_view text, const SortedFields& rule, std::string* out) {
    std::vector<Field> fields;
    if (!read_fields(text, rule.raw, &fields)) return "too many form fields";
    std::sort(fields.begin(), fields.end());
    const bool has_marks = !rule.join.empty();
    if (!has_marks) fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (has_marks && i > 0 && fields[i].first == fields[i - 1].first)
            return "a field that the signature depends on is there twice";
        if (has_marks && could_be_several(rule, fields[i]))
            return "a signed field holds what stands between fields";
        if (i > 0) out->append(rule.join);
        out->append(fields[i].first).append(rule.assign).append(fields[i].second);
    }
    return nullptr;
}

const char* join_sized(std::string_view text, std::string* out) {
    std::vector<Field> fields;
    if (!read_fields(text, false, &fields)) return "too many form fields";
    for (const Field& field : fields)
        out->append(std::to_string(field.second.size())).append(field.second);
    return nullptr;
}

}  // namespace webhook::event
