#include "event/template.hpp"

#include <algorithm>
#include <utility>

#include "event/urlencoded.hpp"

namespace webhook::event {

namespace {

enum class Arg : std::uint8_t { none, required, optional };

struct FilterWord {
    std::string_view word;
    Filter::Kind kind;
    Arg arg;
    bool scheme_only = false;  ///< means nothing outside signature schemes
};

constexpr FilterWord filter_words[] = {
    {"lower", Filter::Kind::lower, Arg::none},         {"before", Filter::Kind::before, Arg::required},
    {"without", Filter::Kind::without, Arg::required}, {"sortedquery", Filter::Kind::sorted_query, Arg::none},
    {"hmac", Filter::Kind::hmac, Arg::optional, true},
};

bool fail(std::string* error, std::string_view text, std::string_view what) {
    *error = "\"" + std::string(text) + "\" " + std::string(what);
    return false;
}

bool parse_filter(std::string_view text, SourceSet set, Filter* filter, std::string* error) {
    const std::size_t colon = text.find(':');
    for (const FilterWord& known : filter_words) {
        if (known.word != text.substr(0, colon)) continue;
        const std::string_view arg = colon == std::string_view::npos ? "" : text.substr(colon + 1);
        if (known.arg != Arg::optional && (known.arg == Arg::required) == arg.empty()) break;
        if (known.scheme_only && set == SourceSet::event) break;
        *filter = {known.kind, std::string(arg)};
        return true;
    }
    return fail(error, text, "is not a filter");
}

bool parse_value(std::string_view text, SourceSet set, Template::Part* part, std::string* error) {
    part->is_value = true;
    std::size_t bar = text.find('|');
    if (!parse_source(text.substr(0, bar), set, &part->source, error)) return false;
    while (bar != std::string_view::npos) {
        text.remove_prefix(bar + 1);
        bar = text.find('|');
        if (!parse_filter(text.substr(0, bar), set, &part->filters.emplace_back(), error)) return false;
    }
    return true;
}

bool starts_value(std::string_view rest) {
    return rest.size() >= 2 && rest[0] == '{' && rest[1] >= 'a' && rest[1] <= 'z';
}

/// Byte-exact but for the one pair: the sender signed the rest as it stands.
std::string without_param(std::string_view value, std::string_view name) {
    const std::size_t mark = value.find('?');
    std::string_view query = mark == std::string_view::npos ? value : value.substr(mark + 1);
    std::string out(value);
    std::string_view pair;
    while (next_pair(&query, &pair)) {
        if (!name_is(pair_name(pair), name)) continue;
        const auto at = static_cast<std::size_t>(pair.data() - value.data());
        out.erase(at, pair.size() + (at + pair.size() < value.size() ? 1 : 0));
        break;
    }
    if (!out.empty() && (out.back() == '?' || out.back() == '&')) out.pop_back();
    return out;
}

std::string sorted_pairs(std::string_view query) {
    std::vector<std::string_view> pairs;
    std::string_view pair;
    while (next_pair(&query, &pair))
        pairs.push_back(pair);
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](std::string_view a, std::string_view b) { return pair_name(a) < pair_name(b); });
    std::string out;
    for (const std::string_view each : pairs) {
        if (!out.empty()) out.push_back('&');
        out.append(each);
    }
    return out;
}

}  // namespace

bool is_template(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (starts_value(text.substr(i))) return true;
    }
    return false;
}

bool parse_template(std::string_view text, SourceSet set, Template* result, std::string* error) {
    result->parts.clear();
    std::string literal;
    const auto flush = [&] {
        if (literal.empty()) return;
        result->parts.emplace_back().literal = std::exchange(literal, {});
    };
    while (!text.empty()) {
        if (!starts_value(text)) {
            literal.push_back(text.front());
            text.remove_prefix(1);
            continue;
        }
        const std::size_t end = text.find('}');
        if (end == std::string_view::npos) return fail(error, text, "lacks a closing \"}\"");
        flush();
        if (!parse_value(text.substr(1, end - 1), set, &result->parts.emplace_back(), error)) return false;
        text.remove_prefix(end + 1);
    }
    flush();
    if (result->parts.size() > max_template_parts) return fail(error, "template", "has more than 24 parts");
    return true;
}

void apply_filter(const Filter& filter, std::string_view raw_query, std::string* value) {
    switch (filter.kind) {
        case Filter::Kind::lower:
            std::transform(value->begin(), value->end(), value->begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
            break;
        case Filter::Kind::before:
            value->resize(std::min(value->size(), value->find(filter.arg)));
            break;
        case Filter::Kind::without:
            *value = without_param(*value, filter.arg);
            break;
        case Filter::Kind::sorted_query:
            *value = sorted_pairs(raw_query);
            break;
        case Filter::Kind::hmac:  // needs a key: the scheme applies it
            break;
    }
}

}  // namespace webhook::event
