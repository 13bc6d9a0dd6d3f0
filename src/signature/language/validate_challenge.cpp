#include "signature/language/validate_challenge.hpp"

#include <algorithm>
#include <iterator>

#include "base/fail.hpp"
#include "base/text.hpp"
#include "signature/keys/key_reuse.hpp"
#include "signature/language/common_headers.hpp"

namespace webhook::signature {

namespace {

using event::Source;
using event::Template;
using Kind = Source::Kind;

constexpr std::size_t max_signed_echo = 128;

/// True when a challenge must prove to know this parameter: an answer with it would reveal the token.
bool is_token_param(const Scheme& scheme, std::string_view param) {
    return std::any_of(scheme.challenges.begin(), scheme.challenges.end(), [&](const ChallengeRule& rule) {
        return std::any_of(
            rule.require.begin(), rule.require.end(), [&](const ChallengeRule::Wanted& wanted) {
                const auto& parts = wanted.value.parts;
                return !wanted.among &&
                       std::any_of(parts.begin(), parts.end(), [&](const Template::Part& part) {
                           return is_config(part) && part.source.name == param;
                       });
            });
    });
}

/// Refuses a hash of a value that the client chose, followed by parameters, where messages are hashed that
/// way: it would sign them.
bool validate_hash(const Scheme& scheme, const ChallengeRule& rule, const Template::Part& part,
                   std::string* error) {
    if (scheme.algorithm == Algorithm::hash)
        return base::fail(error, "\"sha256\" in an answer would sign messages of a plain hash");
    const std::vector<std::string> names = hashed_params(part);
    for (const std::string& name : names) {
        if (!base::is_name(name))
            return base::fail(error, "\"sha256:" + name + "\" is not the name of a parameter");
        if (is_token_param(scheme, name))
            return base::fail(error,
                              "\"" + name + "\" is a token that must be proven: an answer may not hash it");
    }
    const Pattern* pattern = pattern_of(rule, part.source);
    return (pattern != nullptr && pattern->max <= max_signed_echo) ||
           base::fail(error, "\"" + part.source.text +
                                 "\" is hashed for any client: it needs \"match=\" of at most 128");
}

bool validate_value(const Scheme& scheme, const ChallengeRule& rule, const Template::Part& part,
                    std::string* error) {
    if (part.segment != 0) return base::fail(error, "brackets in an answer to a challenge are not supported");
    if (is_config(part) && is_token_param(scheme, part.source.name))
        return base::fail(
            error, "{" + part.source.text + "} is a token that must be proven: an answer may not tell it");
    if (!part.is_value || is_config(part)) return true;
    const Source& source = part.source;
    if (!is_readable_by_challenge(source)) {
        return base::fail(error, "\"" + source.text + "\" in an answer to a challenge is not supported");
    }
    if (part.filters.empty()) return true;
    if (wants_hash(part)) return validate_hash(scheme, rule, part, error);
    if (!wants_hmac(part))
        return base::fail(
            error, "filters but \"hmac\" and \"sha256\" in an answer to a challenge are not supported");
    if (scheme.algorithm != Algorithm::hmac) return base::fail(error, "\"hmac\" needs an HMAC algorithm");
    if (!scheme.other_keys.empty()) return base::fail(error, "\"hmac\" needs a definition with one key rule");
    const std::string& encoding = part.filters.front().arg;
    if (!encoding.empty() && encoding != "hex" && encoding != "base64") {
        return base::fail(error, "\"hmac:" + encoding + "\" is not a filter");
    }
    const Pattern* pattern = pattern_of(rule, source);
    if (pattern == nullptr || pattern->max > max_signed_echo) {
        return base::fail(
            error, "\"" + source.text + "\" is signed for any client: it needs \"match=\" of at most 128");
    }
    return never_signed(scheme, *pattern) ||
           base::fail(error, "a signed message could look like \"match=" + source.text +
                                 "=...\", so any client could have one signed: allow fewer characters");
}

bool validate_values(const Scheme& scheme, const ChallengeRule& rule, std::string* error) {
    const auto good = [&](const Template& text) {
        return std::all_of(text.parts.begin(), text.parts.end(),
                           [&](const auto& part) { return validate_value(scheme, rule, part, error); });
    };
    return good(rule.body) && std::all_of(rule.headers.begin(), rule.headers.end(),
                                          [&](const auto& header) { return good(header.second); });
}

bool any_value(const Template& text, const Source& wanted) {
    return std::any_of(text.parts.begin(), text.parts.end(), [&](const Template::Part& part) {
        return part.is_value && is_same(part.source, wanted);
    });
}

bool any_choice(const std::vector<std::string>& choices, const Source& wanted) {
    return std::any_of(choices.begin(), choices.end(), [&](const std::string& text) {
        std::string ignored;
        Template value;
        Source source;
        if (event::is_template(text))
            return parse_template(text, event::SourceSet::event, &value, &ignored) &&
                   any_value(value, wanted);
        return parse_source(text, event::SourceSet::event, &source, &ignored) && is_same(source, wanted);
    });
}

/// True for a value that the scheme reads from events, so that events have it.
bool is_of_events(const Scheme& scheme, const Source& wanted) {
    const auto is = [&](const Source& source) { return is_same(source, wanted); };
    return std::any_of(scheme.signature.from.begin(), scheme.signature.from.end(), is) ||
           (scheme.timestamp && is(scheme.timestamp->from.front())) ||
           (scheme.key_id && is(*scheme.key_id)) || (scheme.digest && is(scheme.digest->from)) ||
           any_value(scheme.message, wanted) || any_choice(scheme.id, wanted) ||
           any_choice(scheme.type, wanted) || any_choice(scheme.tenant, wanted);
}

bool is_document(const Source& source) {
    return source.kind == Kind::json && source.pointer.empty();
}

/// True when some condition distinguishes the challenge from an event: a value that events do not have, or a
/// text that only the challenge has in its place.
bool tells_from_events(const Scheme& scheme, const ChallengeRule& rule) {
    const auto is_common = [](const Source& source) {
        return is_document(source) || (source.kind == Kind::header && is_added_header(source.name));
    };
    return std::any_of(
               rule.has.begin(), rule.has.end(),
               [&](const Source& source) { return !is_common(source) && !is_of_events(scheme, source); }) ||
           std::any_of(rule.when.begin(), rule.when.end(),
                       [&](const auto& condition) { return !is_common(condition.first); });
}

}  // namespace

bool validate_challenge(const Scheme& scheme, const ChallengeRule& rule, std::string* error) {
    const bool delivers = rule.method == "POST" || (rule.method == "GET" && scheme.postback);
    if (delivers && rule.has.empty() && rule.when.empty()) {
        return base::fail(error, "a challenge by " + rule.method +
                                     " needs \"has=\" or \"when=\", or every event would be one");
    }
    if (delivers && !tells_from_events(scheme, rule)) {
        return base::fail(
            error,
            "every event would be this challenge, for events have all that \"has=\" and \"when=\" "
            "name: add a "
            "condition that only the challenge meets");
    }
    if (!rule.capture.empty() && !rule.verified && rule.require.empty()) {
        return base::fail(error, "\"capture\" before verification needs \"require=\"");
    }
    if (rule.status == 204 && !rule.body.parts.empty()) return base::fail(error, "status 204 has no body");
    return validate_values(scheme, rule, error);
}

}  // namespace webhook::signature
