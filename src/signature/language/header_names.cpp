#include "signature/language/header_names.hpp"

#include <algorithm>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

namespace {

using event::Source;
using event::Template;

void add(const Source& source, std::vector<std::string>* names) {
    const bool is_new = std::find(names->begin(), names->end(), source.name) == names->end();
    if (source.kind == Source::Kind::header && is_new) names->push_back(source.name);
}

void add_values(const Template& text, std::vector<std::string>* names) {
    for (const Template::Part& part : text.parts) {
        if (part.is_value) add(part.source, names);
    }
}

void add_challenge(const ChallengeRule& rule, std::vector<std::string>* names) {
    for (const auto* sources : {&rule.has, &rule.absent}) {
        for (const Source& source : *sources)
            add(source, names);
    }
    for (const auto& when : rule.when)
        add(when.first, names);
    for (const ChallengeRule::Wanted& wanted : rule.require)
        add(wanted.source, names);
    for (const auto& captured : rule.capture)
        add(captured.second, names);
    for (const auto& header : rule.headers)
        add_values(header.second, names);
    add_values(rule.body, names);
}

}  // namespace

void add_header_names(const std::vector<std::string>& texts, std::vector<std::string>* names) {
    for (const std::string& text : texts) {
        Template value;
        std::string ignored;
        if (parse_choice(text, event::SourceSet::directive, &value, &ignored)) add_values(value, names);
    }
}

std::vector<std::string> header_names(const Scheme& scheme) {
    std::vector<std::string> names = scheme.single_headers;
    for (const auto* texts : {&scheme.id, &scheme.type, &scheme.tenant})
        add_header_names(*texts, &names);
    for (const ChallengeRule& rule : scheme.challenges)
        add_challenge(rule, &names);
    return names;
}

}  // namespace webhook::signature
