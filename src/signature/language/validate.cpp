#include "signature/language/validate.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/fail.hpp"
#include "event/extractor.hpp"
#include "signature/language/message_choice.hpp"
#include "signature/language/validate_binding.hpp"
#include "signature/language/validate_rules.hpp"
#include "signature/model/message_rules.hpp"
#include "signature/verify/content.hpp"

namespace webhook::signature {

namespace {

using event::Source;
using event::Template;
using Kind = Source::Kind;

/// What a value may be read of; only values of the body can be documents themselves.
bool readable(const Source& source) {
    if (source.kind == Kind::json || source.kind == Kind::form) return true;
    return (source.kind == Kind::header || source.kind == Kind::query) && source.then == nullptr;
}

bool check_items(const Items& items, std::string* error) {
    return items.skip == 0 || !items.split.empty() ||
           base::fail(error, "\"skip=\" without \"split=\" leaves nothing");
}

bool check_signature(const Scheme& scheme, std::string* error) {
    const SignatureRule& rule = scheme.signature;
    if (scheme.algorithm == Algorithm::none) {
        return rule.from.empty() || base::fail(error, "algorithm \"none\" takes no \"signature\"");
    }
    if (rule.from.empty()) return base::fail(error, "\"signature\" is missing");
    for (const Source& source : rule.from) {
        if (!readable(source)) {
            return base::fail(error, "signatures in \"" + source.text + "\" are not supported");
        }
    }
    if (has_message(scheme) && rule.encoding == base::Encoding::none)
        return base::fail(error, "\"signature\" lacks \"encoding=\"");
    if (!has_message(scheme) && rule.encoding != base::Encoding::none)
        return base::fail(error, "a token has no \"encoding=\"");
    return check_items(rule, error);
}

/// It stands in a body that is signed as a whole, so only genuine senders make us parse that.
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

bool check_timestamp(const Scheme& scheme, std::string* error) {
    if (!scheme.timestamp) {
        return !signs(scheme, Kind::timestamp) || base::fail(error, "{ts} needs a \"timestamp\"");
    }
    const Source& source = scheme.timestamp->from.front();
    if (!readable(source))
        return base::fail(error, "timestamps in \"" + source.text + "\" are not supported");
    if (source.needs_body() && !scheme.batch.empty())
        return base::fail(error, "a batch cannot have timestamps in the body");
    const bool in_body = source.needs_body() && signs_body(scheme);
    const bool is_signed =
        has_message(scheme) && (in_body || signs(scheme, Kind::timestamp) || signs(scheme, source));
    if (!is_signed) return base::fail(error, "the timestamp is not signed");
    return check_items(*scheme.timestamp, error);
}

bool check_message(const Scheme& scheme, std::string* error) {
    if (!has_message(scheme)) {
        return (scheme.message.parts.empty() && !scheme.digest) ||
               base::fail(error, "only HMAC and hash algorithms have a \"message\" or \"digest\"");
    }
    for (std::size_t i = 0; i < scheme.message.parts.size(); ++i) {
        if (!check_part(scheme.message, i, error)) return false;
    }
    if (scheme.algorithm == Algorithm::hash && !signs(scheme, Kind::secret)) {
        return base::fail(error, "a plain hash needs {secret} in its message");
    }
    if (scheme.algorithm == Algorithm::public_key && signs(scheme, Kind::secret)) {
        return base::fail(error, "public keys are no secrets: the message may not hold {secret}");
    }
    const bool reads =
        std::any_of(scheme.message.parts.begin(), scheme.message.parts.end(), [](const auto& part) {
            return part.is_value && part.source.kind != Kind::secret && part.source.kind != Kind::config;
        });
    if (!reads) return base::fail(error, "the message holds nothing of the request");
    const bool covered = signs_body(scheme) || scheme.digest || scheme.postback;
    return covered || scheme.unsigned_body ||
           base::fail(error, "the body is not signed: add {body} or \"unsigned_body\"");
}

bool check_digest(const Scheme& scheme, std::string* error) {
    if (!scheme.digest) return true;
    const Source& source = scheme.digest->from;
    if (!readable(source)) return base::fail(error, "digests in \"" + source.text + "\" are not supported");
    const bool in_url =
        source.kind == Kind::query && (signs(scheme, Kind::url) || signs(scheme, Kind::query_string));
    return in_url || signs(scheme, source) || base::fail(error, "the digest is not signed");
}

bool check_bound(const Scheme& scheme, std::string* error) {
    return !has_message(scheme) || check_binding(scheme, error);
}

/// Each element must have a signature of its own; a part of the message that is of none would bind nothing.
bool check_batch(const Scheme& scheme, std::string* error) {
    if (scheme.batch.empty()) return true;
    if (scheme.public_keys) return base::fail(error, "batches of public-key signatures are not supported");
    const bool good =
        std::all_of(scheme.signature.from.begin(), scheme.signature.from.end(), [&](const Source& source) {
            const std::vector<std::string>& pointer = source.pointer;
            return source.kind == Kind::json && pointer.size() > scheme.batch.size() &&
                   std::equal(scheme.batch.begin(), scheme.batch.end(), pointer.begin()) &&
                   pointer[scheme.batch.size()] == "0";
        });
    return good || base::fail(error, "the signature stands outside the elements of the batch");
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

bool check_challenges(const Scheme& scheme, std::string* error) {
    return std::all_of(scheme.challenges.begin(), scheme.challenges.end(),
                       [&](const ChallengeRule& rule) { return check_challenge(scheme, rule, error); });
}

/// Claims are names of an event only where there is a token.
template <std::vector<std::string> Scheme::*field>
bool check_names(const Scheme& scheme, std::string* error) {
    for (const std::string& text : scheme.*field) {
        const auto choice = event::Extractor::make({{text}, {}, {}, {}}, error);
        if (choice == nullptr) return false;
        if (choice->reads_claims() && !has_claims(scheme))
            return base::fail(error, "\"" + text + "\" is of tokens only (\"algorithm jwt-...\")");
    }
    return true;
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

/// What a handshake must prove or tells the operator is secret; what it computes an HMAC of is no message.
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

}  // namespace

bool check_scheme(const Scheme& scheme, std::string* error, std::string_view* word) {
    using Check = std::pair<std::string_view, bool (*)(const Scheme&, std::string*)>;
    static constexpr Check checks[] = {{"signature", check_signature}, {"timestamp", check_timestamp},
                                       {"message", check_message},     {"digest", check_digest},
                                       {"message", check_bound},       {"id", check_id},
                                       {"batch", check_batch},         {"challenge", check_challenges}};
    static constexpr Check own_checks[] = {{"algorithm", check_own_rules}, {"challenge", check_challenges}};
    static constexpr Check name_checks[] = {{"id", check_names<&Scheme::id>},
                                            {"type", check_names<&Scheme::type>},
                                            {"tenant", check_names<&Scheme::tenant>}};
    const auto passes = [&](const Check& check) {
        *word = check.first;
        return check.second(scheme, error);
    };
    if (!passes({"algorithm", check_key_rules}) || !passes({"identity", check_identity})) return false;
    if (!std::all_of(std::begin(name_checks), std::end(name_checks), passes)) return false;
    return has_own_rules(scheme) ? std::all_of(std::begin(own_checks), std::end(own_checks), passes)
                                 : std::all_of(std::begin(checks), std::end(checks), passes);
}

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
