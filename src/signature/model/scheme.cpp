#include "signature/model/scheme.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "signature/catalogue/catalogue.hpp"
#include "signature/language/message_choice.hpp"
#include "signature/language/parser.hpp"
#include "signature/verify/content.hpp"
#include "signature/verify/sns.hpp"

namespace webhook::signature {

namespace {

struct BuiltIn {
    std::string_view text, alias_of;
    SenderFacts facts;
    std::unique_ptr<Scheme> scheme;
};
using Catalogue = std::map<std::string_view, BuiltIn>;

/// What stands behind "# NAME: " in a line of its own; empty: nothing.
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

std::string_view name_of(const Scheme& scheme) {
    return scheme.name;
}
const std::vector<std::string>& id_sources(const Scheme& scheme) {
    return scheme.id;
}
const std::vector<std::string>& type_sources(const Scheme& scheme) {
    return scheme.type;
}
const std::vector<std::string>& tenant_sources(const Scheme& scheme) {
    return scheme.tenant;
}
event::By default_by(const Scheme& scheme) {
    return scheme.by;
}
Names id_names(const Scheme& scheme) {
    return scheme.identity.names;
}
bool has_signed_id(const Scheme& scheme) {
    return !scheme.id.empty() && is_signed_id(scheme, scheme.id);
}
bool repeats(const Scheme& scheme) {
    return scheme.identity.repeats;
}
bool delivers_by(const Scheme& scheme, std::string_view method) {
    return method == "POST" || (scheme.postback && method == "GET");
}
bool accepts_method(const Scheme& scheme, std::string_view method) {
    return delivers_by(scheme, method) ||
           std::any_of(scheme.challenges.begin(), scheme.challenges.end(),
                       [method](const ChallengeRule& rule) { return rule.method == method; });
}
std::string_view allowed_methods(const Scheme& scheme) {
    return scheme.methods;
}
bool is_query_scheme(const Scheme& scheme) {
    return scheme.postback;
}
const std::vector<std::string>& secret_query_params(const Scheme& scheme) {
    return scheme.secret_params;
}
const std::vector<std::string>& secret_headers(const Scheme& scheme) {
    return scheme.secret_headers;
}
bool uses_public_keys(const Scheme& scheme) {
    return scheme.public_keys;
}
bool answers_without_body(const Scheme& scheme) {
    return scheme.empty_answers;
}
const Acknowledgement* acknowledgement(const Scheme& scheme) {
    return scheme.ack ? &*scheme.ack : nullptr;
}
std::vector<std::string> param_names(const Scheme& scheme) {
    std::set<std::string> names;
    const auto look = [&names](const event::Template& text) {
        for (const event::Template::Part& part : text.parts) {
            if (part.is_value && part.source.kind == event::Source::Kind::config)
                names.insert(part.source.name);
            if (part.is_value && wants_hash(part)) {
                for (const std::string& name : hashed_params(part))
                    names.insert(name);
            }
        }
    };
    each_choice(scheme, [&](const Scheme& choice) { look(choice.message); });
    std::for_each(scheme.signature.prefixes.begin(), scheme.signature.prefixes.end(), look);
    if (scheme.timestamp)
        std::for_each(scheme.timestamp->prefixes.begin(), scheme.timestamp->prefixes.end(), look);
    for (const ClaimRule& claim : scheme.claims)
        std::for_each(claim.values.begin(), claim.values.end(), look);
    for (const ChallengeRule& rule : scheme.challenges) {
        look(rule.body);
        for (const ChallengeRule::Wanted& wanted : rule.require)
            look(wanted.value);
        for (const auto& header : rule.headers)
            look(header.second);
    }
    if (scheme.algorithm == Algorithm::aws_sns) names.emplace(sns_topic_param);
    return {names.begin(), names.end()};
}
bool signs_url(const Scheme& scheme) {
    return scheme.reads_url;
}
bool has_unsigned_body(const Scheme& scheme) {
    return scheme.unsigned_body;
}
bool signs_form(const Scheme& scheme) {
    return scheme.body.reads_form();
}
bool has_claims(const Scheme& scheme) {
    return scheme.algorithm == Algorithm::jwt;
}
bool has_signature_in_body(const Scheme& scheme) {
    if (scheme.signature.from.empty()) return false;
    const event::Source& source = scheme.signature.from.front();
    return source.needs_body() || source.kind == event::Source::Kind::body;
}

}  // namespace webhook::signature
