#include "event/template.hpp"

#include <algorithm>
#include <utility>

#include "base/fail.hpp"
#include "base/text.hpp"

namespace webhook::event {

namespace {

/// The set of all fields is only good put together: at the end, and after nothing but "without".
bool validate_fields(std::string_view text, const Template::Part& part, std::string* error) {
    const bool is_form = part.source.kind == Source::Kind::form_fields;
    const bool is_query = part.source.kind == Source::Kind::query_string;
    bool joined = false;
    for (const Filter& filter : part.filters) {
        const bool sorts = filter.kind == Filter::Kind::sorted;
        if (sorts && !is_form && !is_query)
            return base::fail(error, base::in_quotes(text) + " sorts something else than {form} or {query}");
        if (sorts && is_query && filter.arg.empty())
            return base::fail(
                error, base::in_quotes(text) + " lacks what stands between fields, such as \"sorted:=:&\"");
        if (joined || ((is_form || sorts) && !sorts && filter.kind != Filter::Kind::sized &&
                       filter.kind != Filter::Kind::without))
            return base::fail(error, base::in_quotes(text) + " has a filter that fields cannot have");
        joined = sorts || (is_form && filter.kind == Filter::Kind::sized);
    }
    const bool sorted_late =
        joined && part.filters.size() > 1 &&
        std::any_of(part.filters.begin(), part.filters.end() - 1,
                    [](const Filter& filter) { return filter.kind != Filter::Kind::without; });
    if (sorted_late)
        return base::fail(error, base::in_quotes(text) + " has a filter that fields cannot have");
    return joined || !is_form || base::fail(error, base::in_quotes(text) + " lacks \"|sorted\"");
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
        if (!parse_filter(text.substr(0, bar), set == SourceSet::scheme, &filter, error)) return false;
        filter.of_url = part->source.kind == Source::Kind::url;
    }
    return validate_fields(whole, *part, error);
}

bool starts_value(std::string_view rest) {
    return rest.size() >= 2 && rest[0] == '{' && rest[1] >= 'a' && rest[1] <= 'z';
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
               base::fail(error_, "\"template\" has more than 24 parts");
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
        if (end == std::string_view::npos)
            return base::fail(error_, base::in_quotes(*text) + " lacks a closing \"}\"");
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

bool parse_choice(std::string_view text, SourceSet set, Template* choice, std::string* error) {
    if (is_template(text, set)) return parse_template(text, set, choice, error);
    Template::Part part;
    part.is_value = true;
    const bool good = parse_source(text, set, &part.source, error);
    choice->parts = {std::move(part)};
    return good;
}

bool Template::Part::has(Filter::Kind kind) const {
    return std::any_of(filters.begin(), filters.end(),
                       [kind](const Filter& filter) { return filter.kind == kind; });
}

std::size_t Template::first_of_segment(std::size_t at) const {
    while (at > 0 && parts[at - 1].segment == parts[at].segment)
        --at;
    while (!parts[at].is_value)
        ++at;
    return at;
}

}  // namespace webhook::event
