#include "signature/language/derive.hpp"

#include <algorithm>
#include <string>

#include "signature/model/content_rule.hpp"
#include "signature/model/message_rules.hpp"
#include "signature/model/signed_id.hpp"

namespace webhook::signature {

namespace {

using event::Source;
using event::Template;
using Kind = Source::Kind;

/// True when the timestamp is in a body that is signed as a whole, so only genuine senders make us parse
/// that.
bool is_late(const Scheme& scheme) {
    bool reads_body = std::any_of(scheme.signature.from.begin(), scheme.signature.from.end(),
                                  [](const Source& source) { return source.needs_body(); });
    each_choice(scheme, [&](const Scheme& choice) {
        const auto& parts = choice.message.parts;
        reads_body |= std::any_of(parts.begin(), parts.end(),
                                  [](const auto& part) { return part.is_value && part.source.needs_body(); });
    });
    return scheme.timestamp && scheme.timestamp->from.front().needs_body() && !reads_body &&
           signs(scheme, Kind::body) && !signs(scheme, Kind::timestamp);
}

/// Places beyond what a plan holds are left out and so always absent.
void plan_body(Scheme* scheme) {
    if (!scheme->batch.empty()) scheme->body.repeat(scheme->batch);
    const auto add = [scheme](const Source& source) {
        if (source.needs_body()) scheme->body.add(source);
    };
    for (const Source& source : scheme->signature.from)
        add(source);
    if (scheme->timestamp) add(scheme->timestamp->from.front());
    if (scheme->digest) add(scheme->digest->from);
    each_choice(*scheme, [&](const Scheme& choice) {
        for (const Template::Part& part : choice.message.parts) {
            if (part.is_value) add(part.source);
        }
    });
}

void add_once(const std::string& name, std::vector<std::string>* names) {
    if (std::find(names->begin(), names->end(), name) == names->end()) names->push_back(name);
}

void add_single(const Source& source, Scheme* scheme) {
    if (source.kind == Kind::header) add_once(source.name, &scheme->single_headers);
    if (source.kind == Kind::query) add_once(source.name, &scheme->single_params);
}

void derive_single(Scheme* scheme) {
    for (const Source& source : scheme->signature.from)
        add_single(source, scheme);
    if (scheme->timestamp) add_single(scheme->timestamp->from.front(), scheme);
    if (scheme->key_id) add_single(*scheme->key_id, scheme);
    if (scheme->digest) add_single(scheme->digest->from, scheme);
    each_choice(*scheme, [&](const Scheme& choice) {
        for (const Template::Part& part : choice.message.parts) {
            if (part.is_value) add_single(part.source, scheme);
        }
    });
    for (const std::string& text : scheme->id) {
        Source source;
        std::string ignored;
        if (event::is_template(text)) continue;
        if (parse_source(text, event::SourceSet::event, &source, &ignored)) add_single(source, scheme);
    }
}

void add_secret(const Source& source, Scheme* scheme) {
    if (source.kind == Kind::query) add_once(source.name, &scheme->secret_params);
    if (source.kind == Kind::header) add_once(source.name, &scheme->secret_headers);
}

/// Adds the values that a challenge must prove or stores for the operator to the secrets, and the patterns of
/// which it computes an HMAC to those that no message may look like.
void derive_challenges(Scheme* scheme) {
    for (const ChallengeRule& rule : scheme->challenges) {
        for (const ChallengeRule::Wanted& wanted : rule.require) {
            if (!wanted.among) add_secret(wanted.source, scheme);
        }
        for (const auto& captured : rule.capture)
            add_secret(captured.second, scheme);
        const auto note = [&](const Template& text) {
            for (const Template::Part& part : text.parts) {
                if (part.is_value && wants_hmac(part))
                    scheme->signed_echoes.push_back(*pattern_of(rule, part.source));
            }
        };
        note(rule.body);
        for (const auto& header : rule.headers)
            note(header.second);
    }
}

void derive_methods(Scheme* scheme) {
    const auto has = [scheme](std::string_view method) {
        return std::any_of(scheme->challenges.begin(), scheme->challenges.end(),
                           [method](const ChallengeRule& rule) { return rule.method == method; });
    };
    if (scheme->postback || has("GET")) scheme->methods += "GET, ";
    if (has("HEAD")) scheme->methods += "HEAD, ";
    if (has("OPTIONS")) scheme->methods += "OPTIONS, ";
    scheme->methods += "POST";
}

event::By derive_by(const Scheme& scheme) {
    const IdentityRule& rule = scheme.identity;
    if (rule.names == Names::attempt) return event::By::body;
    if (rule.names == Names::thing || !is_signed_id(scheme, scheme.id)) return event::By::both;
    bool shifts = false;
    each_choice(scheme, [&](const Scheme& choice) { shifts = shifts || can_shift(choice); });
    if (shifts) return event::By::body;
    return is_element_id(scheme.id) ? event::By::both : event::By::id;
}

void derive_identity(Scheme* scheme) {
    scheme->content = content_rule(*scheme);
    scheme->by = derive_by(*scheme);
}

}  // namespace

void derive(Scheme* scheme) {
    plan_body(scheme);
    scheme->late_timestamp = is_late(*scheme);
    scheme->refuses_body = has_message(*scheme) && scheme->postback && !scheme->unsigned_body &&
                           !scheme->digest && !signs_body(*scheme);
    derive_single(scheme);
    if (scheme->body.reads_form()) add_once("content-type", &scheme->single_headers);
    derive_challenges(scheme);
    derive_methods(scheme);
    derive_identity(scheme);
    each_choice(*scheme, [&](const Scheme& choice) {
        const auto& parts = choice.message.parts;
        scheme->reads_url |= std::any_of(parts.begin(), parts.end(), [](const auto& part) {
            return part.is_value && part.source.kind == Kind::url;
        });
    });
    if (scheme->algorithm == Algorithm::contentful || scheme->algorithm == Algorithm::http_signature)
        scheme->reads_url = true;
    add_once("authorization", &scheme->secret_headers);
    const bool token = scheme->algorithm == Algorithm::token || scheme->algorithm == Algorithm::basic ||
                       scheme->algorithm == Algorithm::jwt;
    const auto& from = scheme->signature.from;
    scheme->signature.any_case =
        !from.empty() && std::all_of(from.begin(), from.end(), [](const Source& source) {
            return source.kind == Kind::header && source.name == "authorization";
        });
    for (const Source& source : from) {
        if (source.kind == Kind::query) add_once(source.name, &scheme->secret_params);
        if (source.kind == Kind::header && token) add_once(source.name, &scheme->secret_headers);
    }
}

}  // namespace webhook::signature
