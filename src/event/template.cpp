#include "event/template.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "base/urlencoded.hpp"
#include "event/fields.hpp"

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
    {"lower", Filter::Kind::lower, Arg::none},
    {"before", Filter::Kind::before, Arg::required},
    {"without", Filter::Kind::without, Arg::required},
    {"sortedquery", Filter::Kind::sorted_query, Arg::none},
    {"crc32", Filter::Kind::crc32, Arg::none},
    {"jsonesc", Filter::Kind::json_escape, Arg::none},
    {"sorted", Filter::Kind::sorted, Arg::optional, true},
    {"hmac", Filter::Kind::hmac, Arg::optional, true},
    {"sha256", Filter::Kind::sha256, Arg::required, true},
    {"sized", Filter::Kind::sized, Arg::none, true},
    {"decoded", Filter::Kind::decoded, Arg::optional, true},
};

bool parse_filter(std::string_view text, SourceSet set, Filter* filter, std::string* error) {
    const std::size_t colon = text.find(':');
    for (const FilterWord& known : filter_words) {
        if (known.word != text.substr(0, colon)) continue;
        const std::string_view arg = colon == std::string_view::npos ? "" : text.substr(colon + 1);
        if (known.arg != Arg::optional && (known.arg == Arg::required) == arg.empty()) break;
        if (known.scheme_only && set != SourceSet::scheme) break;
        *filter = {known.kind, std::string(arg)};
        SortedFields rule;
        if (known.kind != Filter::Kind::sorted || parse_sorted(arg, &rule)) return true;
        return base::fail(error, text, "is not \"sorted:ASSIGN:JOIN\", such as \"sorted:=:&\"");
    }
    std::vector<std::string_view> known;
    for (const FilterWord& each : filter_words)
        known.push_back(each.word);
    base::fail(error, text, "is not a filter");
    *error += base::did_you_mean(text.substr(0, colon), known);
    return false;
}

/// The set of all fields is only good put together: at the end, and after nothing but "without".
bool check_fields(std::string_view text, const Template::Part& part, std::string* error) {
    const bool is_form = part.source.kind == Source::Kind::form_fields;
    const bool is_query = part.source.kind == Source::Kind::query_string;
    bool joined = false;
    for (const Filter& filter : part.filters) {
        const bool sorts = filter.kind == Filter::Kind::sorted;
        if (sorts && !is_form && !is_query)
            return base::fail(error, text, "sorts something else than {form} or {query}");
        if (sorts && is_query && filter.arg.empty())
            return base::fail(error, text, "lacks what stands between fields, such as \"sorted:=:&\"");
        if (joined || ((is_form || sorts) && !sorts && filter.kind != Filter::Kind::sized &&
                       filter.kind != Filter::Kind::without))
            return base::fail(error, text, "has a filter that fields cannot have");
        joined = sorts || (is_form && filter.kind == Filter::Kind::sized);
    }
    const bool sorted_late =
        joined && part.filters.size() > 1 &&
        std::any_of(part.filters.begin(), part.filters.end() - 1,
                    [](const Filter& filter) { return filter.kind != Filter::Kind::without; });
    if (sorted_late) return base::fail(error, text, "has a filter that fields cannot have");
    return joined || !is_form || base::fail(error, text, "lacks \"|sorted\"");
}

bool parse_value(std::string_view text, SourceSet set, Template::Part* part, std::string* error) {
    part->is_value = true;
    const std::string_view whole = text;
    std::size_t bar = text.find('|');
    if (!parse_source(text.substr(0, bar), set, &part->source, error)) return false;
    while (bar != std::string_view::npos) {
        text.remove_prefix(bar + 1);
        bar = text.find('|');
        Filter& filter = part->filters.emplace_back();
        if (!parse_filter(text.substr(0, bar), set, &filter, error)) return false;
        filter.of_url = part->source.kind == Source::Kind::url;
    }
    return check_fields(whole, *part, error);
}

bool starts_value(std::string_view rest) {
    return rest.size() >= 2 && rest[0] == '{' && rest[1] >= 'a' && rest[1] <= 'z';
}

/// Byte-exact but for the one pair: the sender signed the rest as it stands.
std::string without_param(std::string_view value, bool of_url, std::string_view name) {
    const std::size_t mark = of_url ? value.find('?') : std::string_view::npos;
    if (of_url && mark == std::string_view::npos) return std::string(value);
    std::string_view query = mark == std::string_view::npos ? value : value.substr(mark + 1);
    std::string out(value);
    std::string_view pair;
    while (base::next_pair(&query, &pair)) {
        if (!base::name_is(base::pair_name(pair), name)) continue;
        const auto at = static_cast<std::size_t>(pair.data() - value.data());
        out.erase(at, pair.size() + (at + pair.size() < value.size() ? 1 : 0));
        break;
    }
    if (!out.empty() && ((of_url && out.back() == '?') || out.back() == '&')) out.pop_back();
    return out;
}

std::string sorted_pairs(std::string_view query) {
    std::vector<std::string_view> pairs;
    std::string_view pair;
    while (base::next_pair(&query, &pair))
        pairs.push_back(pair);
    std::stable_sort(pairs.begin(), pairs.end(), [](std::string_view a, std::string_view b) {
        return base::pair_name(a) < base::pair_name(b);
    });
    std::string out;
    for (const std::string_view each : pairs) {
        if (!out.empty()) out.push_back('&');
        out.append(each);
    }
    return out;
}

/// Polynomial 0xEDB88320, as in zip and PNG.
std::uint32_t crc32_of(std::string_view text) {
    static const std::array<std::uint32_t, 256> table = [] {
        std::array<std::uint32_t, 256> made{};
        for (std::uint32_t n = 0; n < made.size(); ++n) {
            std::uint32_t c = n;
            for (int k = 0; k < 8; ++k)
                c = (c & 1) != 0 ? 0xEDB88320U ^ (c >> 1) : c >> 1;
            made[n] = c;
        }
        return made;
    }();
    std::uint32_t crc = ~0U;
    for (const char c : text)
        crc = table[(crc ^ static_cast<unsigned char>(c)) & 255] ^ (crc >> 8);
    return ~crc;
}

void escape_json(std::string_view text, std::string* out) {
    static constexpr std::string_view special = "\"\\\b\f\n\r\t";
    static constexpr std::string_view letters = "\"\\bfnrt";
    static constexpr char digits[] = "0123456789abcdef";
    for (const char c : text) {
        const std::size_t at = special.find(c);
        if (at != std::string_view::npos) {
            out->append({'\\', letters[at]});
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out->append("\\u00").append({digits[c >> 4], digits[c & 15]});
        } else {
            out->push_back(c);
        }
    }
}

/// Reads a template from left to right.
class Parser {
  public:
    Parser(SourceSet set, Template* result, std::string* error) : set_(set), result_(result), error_(error) {}

    bool parse(std::string_view text) {
        result_->parts.clear();
        while (!text.empty()) {
            const std::size_t inner = segment_length(text);
            if (text.substr(0, 2) == "[[" || text.substr(0, 2) == "]]") {
                literal_.push_back(text.front());
                text.remove_prefix(2);
            } else if (inner != 0) {
                flush();
                segment_ = ++segments_;
                if (!parse_run(text.substr(1, inner))) return false;
                segment_ = 0;
                text.remove_prefix(inner + 2);
            } else if (!parse_one(&text)) {
                return false;
            }
        }
        flush();
        return result_->parts.size() <= max_template_parts ||
               base::fail(error_, "template", "has more than 24 parts");
    }

  private:
    bool parse_run(std::string_view text) {
        while (!text.empty()) {
            if (!parse_one(&text)) return false;
        }
        flush();
        return true;
    }

    /// One value or one character.
    bool parse_one(std::string_view* text) {
        if (const std::size_t length = variable_length(*text, set_); length != 0)
            return parse_variable(text, length);
        if (!starts_value(*text)) {
            literal_.push_back(text->front());
            text->remove_prefix(1);
            return true;
        }
        const std::size_t end = text->find('}');
        if (end == std::string_view::npos) return base::fail(error_, *text, "lacks a closing \"}\"");
        flush();
        Template::Part& part = result_->parts.emplace_back();
        part.segment = segment_;
        if (!parse_value(text->substr(1, end - 1), set_, &part, error_)) return false;
        text->remove_prefix(end + 1);
        return true;
    }

    bool parse_variable(std::string_view* text, std::size_t length) {
        flush();
        Template::Part& part = result_->parts.emplace_back();
        part.segment = segment_;
        part.is_value = true;
        const std::string_view variable = text->substr(0, length);
        text->remove_prefix(length);
        return parse_source(variable, set_, &part.source, error_);
    }

    void flush() {
        if (literal_.empty()) return;
        Template::Part& part = result_->parts.emplace_back();
        part.literal = std::exchange(literal_, {});
        part.segment = segment_;
    }

    /// Characters between the brackets that `text` starts with; 0 when it does not start with brackets that
    /// hold a value.
    std::size_t segment_length(std::string_view text) const {
        if (text.front() != '[') return 0;
        bool has_value = false;
        for (std::size_t i = 1; i < text.size(); ++i) {
            if (text[i] == '[') return 0;
            if (text[i] == ']') return has_value ? i - 1 : 0;
            has_value |= variable_length(text.substr(i), set_) != 0;
            if (!starts_value(text.substr(i))) continue;
            has_value = true;
            i = text.find('}', i);
            if (i == std::string_view::npos) return 0;
        }
        return 0;
    }

    SourceSet set_;
    Template* result_;
    std::string* error_;
    std::string literal_;
    unsigned segment_ = 0, segments_ = 0;
};

}  // namespace

bool is_template(std::string_view text, SourceSet set) {
    bool has_variable = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (starts_value(text.substr(i))) return true;
        has_variable |= variable_length(text.substr(i), set) != 0;
    }
    Source source;
    std::string ignored;
    return has_variable && !parse_source(text, set, &source, &ignored);
}

bool parse_template(std::string_view text, SourceSet set, Template* result, std::string* error) {
    return Parser(set, result, error).parse(text);
}

std::size_t Template::first_of_segment(std::size_t at) const {
    while (at > 0 && parts[at - 1].segment == parts[at].segment)
        --at;
    while (!parts[at].is_value)
        ++at;
    return at;
}

void apply_filter(const Filter& filter, std::string_view raw_query, std::string* value) {
    switch (filter.kind) {
        case Filter::Kind::lower:
            std::transform(value->begin(), value->end(), value->begin(),
                           [](char c) { return base::lower(c); });
            break;
        case Filter::Kind::before:
            value->resize(std::min(value->size(), value->find(filter.arg)));
            break;
        case Filter::Kind::without:
            *value = without_param(*value, filter.of_url, filter.arg);
            break;
        case Filter::Kind::sorted_query:
            *value = sorted_pairs(raw_query);
            break;
        case Filter::Kind::crc32:
            *value = std::to_string(crc32_of(*value));
            break;
        case Filter::Kind::json_escape: {
            std::string escaped;
            escape_json(*value, &escaped);
            *value = std::move(escaped);
            break;
        }
        case Filter::Kind::sized:
            value->insert(0, std::to_string(value->size()));
            break;
        case Filter::Kind::decoded:
            *value = base::decode_escapes(*value, filter.arg);
            break;
        case Filter::Kind::sorted:
        case Filter::Kind::hmac:  // needs a key: the scheme applies it
        case Filter::Kind::sha256:
            break;
    }
}

}  // namespace webhook::event
