#include "event/source.hpp"

#include <algorithm>
#include <utility>

#include "base/fail.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

namespace webhook::event {

namespace {

using Kind = Source::Kind;

constexpr std::size_t max_pointer_tokens = 64;

/// The sets in which a word is known.
enum class Where : std::uint8_t { anywhere, schemes, events };

struct Word {
    std::string_view word;
    Kind kind;
    bool named;  ///< "word:NAME"
    Where where;

    bool is_known(SourceSet set) const {
        return where == Where::anywhere || (where == Where::schemes) == (set == SourceSet::scheme);
    }
};

constexpr Word words[] = {
    {"header", Kind::header, true, Where::anywhere},
    {"query", Kind::query, true, Where::anywhere},
    {"form", Kind::form, true, Where::anywhere},
    {"json", Kind::json, true, Where::anywhere},
    {"xml", Kind::xml, true, Where::events},
    {"path", Kind::path_segment, true, Where::anywhere},
    {"path", Kind::path, false, Where::anywhere},
    {"config", Kind::config, true, Where::schemes},
    {"claim", Kind::claim, true, Where::anywhere},
    {"method", Kind::method, false, Where::anywhere},
    {"url", Kind::url, false, Where::schemes},
    {"ts", Kind::timestamp, false, Where::schemes},
    {"secret", Kind::secret, false, Where::schemes},
    {"body", Kind::body, false, Where::schemes},
    {"query_string", Kind::query_string, false, Where::schemes},
    {"query", Kind::query_string, false, Where::schemes},
    {"form", Kind::form_fields, false, Where::schemes},
};

std::vector<std::string_view> candidates(bool named, SourceSet set) {
    std::vector<std::string_view> found;
    for (const Word& known : words) {
        if (known.named == named && known.is_known(set)) found.push_back(known.word);
    }
    return found;
}

/// "/a/b/@c": names of elements, and of an attribute at the end.
bool parse_xml_path(std::string_view text, std::vector<std::string>* steps) {
    while (base::take_prefix(&text, "/")) {
        const std::string_view step = text.substr(0, text.find('/'));
        const bool is_attribute = base::starts_with(step, "@");
        const std::string_view name = step.substr(is_attribute ? 1 : 0);
        if (name.empty() || name.find_first_of("@:*[]()") != std::string_view::npos) return false;
        if (is_attribute && (steps->empty() || step.size() < text.size())) return false;
        steps->emplace_back(step);
        text.remove_prefix(step.size());
    }
    return text.empty() && !steps->empty() && steps->size() <= max_pointer_tokens;
}

/// 1 to 99.
bool parse_index(std::string_view text, std::size_t* index) {
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
        *index = *index * 10 + static_cast<std::size_t>(c - '0');
    }
    return !text.empty() && text.size() <= 2 && text.front() != '0';
}

bool set_name(std::string_view name, std::string_view text, Source* source, std::string* error) {
    source->name = source->kind == Kind::header ? base::lower(name) : std::string(name);
    switch (source->kind) {
        case Kind::json:
            return parse_pointer(name, &source->pointer) ||
                   base::fail(error, base::in_quotes(text) + " is not a JSON pointer");
        case Kind::xml:
            return parse_xml_path(name, &source->pointer) ||
                   base::fail(error, base::in_quotes(text) +
                                         " is not a path of local names such as xml:/a/b or xml:/a/@b");
        case Kind::path_segment:
            return parse_index(name, &source->index) ||
                   base::fail(error, base::in_quotes(text) +
                                         " is not a segment of the path, which are path:1 to path:99");
        case Kind::claim:
            if (base::starts_with(name, "/"))
                return parse_pointer(name, &source->pointer) ||
                       base::fail(error, base::in_quotes(text) + " is not a JSON pointer");
            source->pointer = {source->name};
            break;
        default:
            break;
    }
    if (name.empty()) return base::fail(error, base::in_quotes(text) + " lacks a name");
    if (source->kind == Kind::header && !base::is_token(source->name)) {
        return base::fail(error, base::in_quotes(text) + " is not a header name");
    }
    return true;
}

bool parse_single(std::string_view text, SourceSet set, Source* source, std::string* error) {
    source->text = std::string(text);
    if (variable_length(text, set) == text.size() && !text.empty()) {
        source->kind = Kind::variable;
        return true;
    }
    if (text == "sha256:body") {
        source->kind = Kind::body_sha256;
        return true;
    }
    const std::size_t colon = text.find(':');
    const bool named = colon != std::string_view::npos;
    const std::string_view word = text.substr(0, colon);
    for (const Word& known : words) {
        if (known.word != word || known.named != named) continue;
        if (!known.is_known(set)) break;
        source->kind = known.kind;
        return !named || set_name(text.substr(colon + 1), text, source, error);
    }
    base::fail(error,
               base::in_quotes(text) + " is not a source such as header:NAME, query:NAME or json:/a/b");
    *error += base::did_you_mean(word, candidates(named, set));
    return false;
}

/// Reads the steps after ">", of which there may be several.
bool parse_steps(std::string_view text, SourceSet set, Source* step, std::string* error) {
    const std::size_t arrow = text.find('>');
    const std::string_view first = text.substr(0, arrow);
    if (first == "base64" && set != SourceSet::scheme) {
        step->kind = Kind::base64;
        step->text = std::string(first);
    } else if (!parse_single(first, set, step, error)) {
        return false;
    }
    const Kind kind = step->kind;
    if (kind != Kind::json && kind != Kind::form && kind != Kind::xml && kind != Kind::base64)
        return base::fail(error,
                          base::in_quotes(step->text) +
                              (set == SourceSet::scheme
                                   ? " cannot stand after \">\": only json: and form: can"
                                   : " cannot stand after \">\": only json:, form:, xml: and base64 can"));
    if (arrow == std::string_view::npos) return true;
    step->text = std::string(text);
    auto next = std::make_shared<Source>();
    if (!parse_steps(text.substr(arrow + 1), set, next.get(), error)) return false;
    step->then = std::move(next);
    return true;
}

}  // namespace

bool parse_pointer(std::string_view text, std::vector<std::string>* tokens) {
    tokens->clear();
    if (text.empty()) return true;
    if (text.front() != '/') return false;
    std::string token;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '/') {
            tokens->push_back(std::exchange(token, {}));
        } else if (text[i] == '~') {
            if (++i == text.size() || (text[i] != '0' && text[i] != '1')) return false;
            token.push_back(text[i] == '0' ? '~' : '/');
        } else {
            token.push_back(text[i]);
        }
    }
    tokens->push_back(std::move(token));
    return tokens->size() <= max_pointer_tokens;
}

bool is_same(const Source& a, const Source& b) {
    return a.kind == b.kind && (a.kind == Source::Kind::header ? a.name == b.name : a.text == b.text);
}

bool parse_source(std::string_view text, SourceSet set, Source* source, std::string* error) {
    const std::size_t arrow = text.find('>');
    *source = Source{};
    if (!parse_single(text.substr(0, arrow), set, source, error)) return false;
    if (arrow == std::string_view::npos) return true;
    source->text = std::string(text);
    auto next = std::make_shared<Source>();
    if (!parse_steps(text.substr(arrow + 1), set, next.get(), error)) return false;
    source->then = std::move(next);
    return true;
}

std::size_t variable_length(std::string_view text, SourceSet set) {
    if (set != SourceSet::directive || !base::starts_with(text, "$")) return 0;
    if (base::starts_with(text, "${")) return std::min(text.find('}'), text.size() - 1) + 1;
    std::size_t length = 1;
    while (length < text.size() && (base::is_alphanumeric(text[length]) || text[length] == '_'))
        ++length;
    return length;
}

}  // namespace webhook::event
