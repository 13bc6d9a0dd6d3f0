#include "signature/catalogue/lookup.hpp"

#include <map>
#include <memory>
#include <utility>

#include "base/text.hpp"
#include "signature/catalogue/catalogue.hpp"
#include "signature/language/parser.hpp"

namespace webhook::signature {

namespace {

struct BuiltIn {
    std::string_view text, alias_of;
    SenderFacts facts;
    std::unique_ptr<Scheme> scheme;
};
using Catalogue = std::map<std::string_view, BuiltIn>;

/// Returns the text after "# NAME: " in a line of its own; empty: there is none.
std::string_view note(std::string_view text, std::string_view name) {
    const std::string begin = "# " + std::string(name) + ": ";
    const std::size_t at = text.find(begin);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + begin.size());
    return base::trim_blanks(text.substr(0, text.find('\n')));
}

SenderFacts facts_in(std::string_view text) {
    return {note(text, "source"), note(text, "retries"), note(text, "repeats")};
}

/// Adds the definition `text` under the name of `entry`, which may be an alias.
void add(const Definition& entry, std::string_view text, Catalogue* catalogue) {
    std::vector<Directive> directives;
    LanguageError error;
    if (!tokenize(text, &directives, &error)) return;
    auto scheme = parse_scheme(entry.name, directives, &error);
    SenderFacts facts = facts_in(text);
    if (const SenderFacts own = facts_in(entry.text); !own.source.empty()) facts.source = own.source;
    if (scheme) catalogue->emplace(entry.name, BuiltIn{text, entry.alias_of, facts, std::move(scheme)});
}

// A definition that did not parse, or an alias of none, is left out and so refused as unknown; a unit test
// sees to it that there is none.
Catalogue parse_all() {
    const std::vector<Definitions> all = families();
    Catalogue catalogue;
    for (const Definitions& family : all) {
        for (const Definition& each : family)
            if (each.alias_of.empty()) add(each, each.text, &catalogue);
    }
    for (const Definitions& family : all) {
        for (const Definition& each : family) {
            const auto base = catalogue.find(each.alias_of);
            if (base != catalogue.end()) add(each, base->second.text, &catalogue);
        }
    }
    return catalogue;
}

const Catalogue& catalogue() {
    static const Catalogue all = parse_all();
    return all;
}

}  // namespace

const Scheme* find_scheme(std::string_view name) {
    const auto found = catalogue().find(name);
    return found == catalogue().end() ? nullptr : found->second.scheme.get();
}

std::vector<std::string_view> scheme_names() {
    std::vector<std::string_view> names;
    for (const auto& each : catalogue())
        names.push_back(each.first);
    return names;
}

std::string_view scheme_text(std::string_view name) {
    const auto found = catalogue().find(name);
    if (found == catalogue().end()) return {};
    std::string_view text = found->second.text;
    if (!text.empty() && text.front() == '\n') text.remove_prefix(1);
    return text;
}

std::string_view alias_of(std::string_view name) {
    const auto found = catalogue().find(name);
    return found == catalogue().end() ? std::string_view() : found->second.alias_of;
}

SenderFacts facts_of(std::string_view name) {
    const auto found = catalogue().find(name);
    return found == catalogue().end() ? SenderFacts{} : found->second.facts;
}

}  // namespace webhook::signature
