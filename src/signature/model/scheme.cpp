#include "signature/model/scheme.hpp"

#include <algorithm>
#include <set>

namespace webhook::signature {

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
bool is_sns(const Scheme& scheme) {
    return scheme.algorithm == Algorithm::aws_sns;
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
bool has_token_in_body(const Scheme& scheme) {
    return has_claims(scheme) && has_signature_in_body(scheme);
}
bool has_signature_in_body(const Scheme& scheme) {
    if (scheme.signature.from.empty()) return false;
    const event::Source& source = scheme.signature.from.front();
    return source.needs_body() || source.kind == event::Source::Kind::body;
}

}  // namespace webhook::signature
