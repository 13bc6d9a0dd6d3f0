#include "event/source.hpp"

#include <utility>

#include "event/suggest.hpp"
#include "event/text.hpp"

namespace webhook::event {

namespace {

using Kind = Source::Kind;

constexpr std::size_t max_pointer_tokens = 64;

struct Word {
    std::string_view word;
    Kind kind;
    bool named;        ///< "word:NAME"
    bool scheme_only;  ///< means nothing outside signature schemes
};

constexpr Word words[] = {
    {"header", Kind::header, true, false},      {"query", Kind::query, true, false},
    {"form", Kind::form, true, false},          {"json", Kind::json, true, false},
    {"config", Kind::config, true, true},       {"claim", Kind::claim, true, true},
    {"method", Kind::method, false, false},     {"url", Kind::url, false, true},
    {"ts", Kind::timestamp, false, true},       {"secret", Kind::secret, false, true},
    {"body", Kind::body, false, true},          {"query_string", Kind::query_string, false, true},
    {"query", Kind::query_string, false, true}, {"form", Kind::form_fields, false, true},
};

std::vector<std::string_view> candidates(bool named, SourceSet set) {
    std::vector<std::string_view> found;
    for (const Word& known : words) {
        if (known.named == named && (!known.scheme_only || set == SourceSet::scheme))
            found.push_back(known.word);
    }
    return found;
}

bool set_name(std::string_view name, std::string_view text, Source* source, std::string* error) {
    source->name = source->kind == Kind::header ? lower(name) : std::string(name);
    if (source->kind == Kind::json) {
        if (!parse_pointer(name, &source->pointer)) return fail(error, text, "is not a JSON pointer");
        return true;
    }
    if (name.empty()) return fail(error, text, "lacks a name");
    if (source->kind == Kind::header && !is_token(source->name)) {
        return fail(error, text, "is not a header name");
    }
    return true;
}

bool parse_single(std::string_view text, SourceSet set, Source* source, std::string* error) {
    source->text = std::string(text);
    if (text == "sha256:body") {
        source->kind = Kind::body_sha256;
        return true;
    }
    const std::size_t colon = text.find(':');
    const bool named = colon != std::string_view::npos;
    const std::string_view word = text.substr(0, colon);
    for (const Word& known : words) {
        if (known.word != word || known.named != named) continue;
        if (known.scheme_only && set == SourceSet::event) break;
        source->kind = known.kind;
        return !named || set_name(text.substr(colon + 1), text, source, error);
    }
    fail(error, text, "is not a source such as header:NAME, query:NAME or json:/a/b");
    *error += did_you_mean(word, candidates(named, set));
    return false;
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

bool parse_source(std::string_view text, SourceSet set, Source* source, std::string* error) {
    const std::size_t arrow = text.find('>');
    *source = Source{};
    if (!parse_single(text.substr(0, arrow), set, source, error)) return false;
    if (arrow == std::string_view::npos) return true;

    auto next = std::make_shared<Source>();
    if (!parse_source(text.substr(arrow + 1), set, next.get(), error)) return false;
    if (next->kind != Kind::json && next->kind != Kind::form)
        return fail(error, next->text, "cannot stand after \">\": only json: and form: can");
    source->then = std::move(next);
    source->text = std::string(text);
    return true;
}

}  // namespace webhook::event
