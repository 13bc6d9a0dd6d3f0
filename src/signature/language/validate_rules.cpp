#include "signature/language/validate_rules.hpp"

#include <algorithm>

#include "base/fail.hpp"

namespace webhook::signature {

namespace {

using Kind = event::Source::Kind;

bool is_claim(const event::Source& source) {
    return source.kind == Kind::claim && source.then == nullptr;
}

bool has_claim(const Scheme& scheme, std::string_view name) {
    return std::any_of(scheme.claims.begin(), scheme.claims.end(),
                       [&](const ClaimRule& rule) { return rule.name == name; });
}

bool is_in_body(const event::Source& source) {
    return source.needs_body() || source.kind == Kind::body;
}

/// True when the source, or each value of the template, is a claim.
bool is_of_claims(const std::string& text) {
    std::string ignored;
    event::Template value;
    event::Source source;
    if (!event::is_template(text))
        return parse_source(text, event::SourceSet::scheme, &source, &ignored) && is_claim(source);
    return parse_template(text, event::SourceSet::scheme, &value, &ignored) &&
           std::all_of(value.parts.begin(), value.parts.end(),
                       [](const auto& part) { return !part.is_value || is_claim(part.source); });
}

/// A token in the body signs its claims and nothing else. The event is what it says, so nothing need
/// limit its time.
bool validate_body_token(const Scheme& scheme, std::string* error) {
    const auto& from = scheme.signature.from;
    if (!std::all_of(from.begin(), from.end(), is_in_body))
        return base::fail(error, "tokens of one definition stand in the body, or all outside of it");
    if (scheme.digest) return base::fail(error, "a token in the body takes no \"digest\"");
    for (const auto* names : {&scheme.id, &scheme.type, &scheme.tenant}) {
        if (names == &scheme.id && scheme.unsigned_id) continue;
        const auto other = std::find_if_not(names->begin(), names->end(), is_of_claims);
        if (other != names->end())
            return base::fail(
                error,
                "\"" + *other + "\" is not signed by the token: take it from a claim, such as claim:/id");
    }
    return true;
}

/// A token must be bound to this request or this time: otherwise one captured token would open the door for
/// ever.
bool validate_jwt_rules(const Scheme& scheme, std::string* error) {
    if (scheme.signature.from.empty()) return base::fail(error, "\"signature\" is missing");
    for (const event::Source& source : scheme.signature.from) {
        const bool is_outside =
            (source.kind == Kind::header || source.kind == Kind::query) && source.then == nullptr;
        if (!is_outside && !is_in_body(source))
            return base::fail(error, "tokens in \"" + source.text + "\" are not supported");
    }
    if (scheme.signature.encoding != base::Encoding::none)
        return base::fail(error, "a token has no \"encoding=\"");
    if (scheme.timestamp && !is_claim(scheme.timestamp->from.front()))
        return base::fail(error, "the timestamp of a token must be a claim");
    const bool is_number = !scheme.timestamp || scheme.timestamp->unit == Unit::seconds ||
                           scheme.timestamp->unit == Unit::milliseconds;
    if (!is_number) return base::fail(error, "claims are numbers: \"unit=s\" or \"unit=ms\"");
    if (std::any_of(scheme.signature.from.begin(), scheme.signature.from.end(), is_in_body))
        return validate_body_token(scheme, error);
    if (scheme.digest && !is_claim(scheme.digest->from))
        return base::fail(error, "the digest must be a claim of the token");
    if (!scheme.digest && !scheme.unsigned_body)
        return base::fail(error, "the body is not signed: add \"digest claim:NAME\" or \"unsigned_body\"");
    return scheme.digest || scheme.timestamp || has_claim(scheme, "exp") ||
           base::fail(error, "nothing limits the token: add a \"timestamp\" or \"claims exp\"");
}

bool is_of_public_keys(KeyRule rule) {
    return rule == KeyRule::pem || rule == KeyRule::spki || rule == KeyRule::whpk || rule == KeyRule::jwk;
}

/// Rules after the first are for secrets that are keys of an HMAC; public keys are taken in any form anyway.
bool validate_other_keys(const Scheme& scheme, std::string* error) {
    const auto& rules = scheme.other_keys;
    if (rules.empty()) return true;
    const bool is_keyed = scheme.algorithm == Algorithm::hmac || scheme.algorithm == Algorithm::contentful ||
                          scheme.algorithm == Algorithm::jwt || scheme.algorithm == Algorithm::http_signature;
    if (scheme.public_keys || !is_keyed)
        return base::fail(error, "several key rules are for the secrets of HMAC algorithms only");
    return std::none_of(rules.begin(), rules.end(), is_of_public_keys) ||
           base::fail(error, "the key rule does not fit the algorithm");
}

bool validate_http_signature_rules(const Scheme& scheme, std::string* error) {
    const auto covers = [&](std::string_view component) {
        return std::any_of(scheme.covers.begin(), scheme.covers.end(), [&](const auto& choices) {
            return choices.size() == 1 && choices.front() == component;
        });
    };
    return covers("content-digest") || scheme.unsigned_body ||
           base::fail(error, "the body is not signed: add \"covers content-digest\" or \"unsigned_body\"");
}

}  // namespace

bool has_own_rules(const Scheme& scheme) {
    switch (scheme.algorithm) {
        case Algorithm::jwt:
        case Algorithm::aws_sns:
        case Algorithm::contentful:
        case Algorithm::http_signature:
            return true;
        default:
            return false;
    }
}

bool validate_own_rules(const Scheme& scheme, std::string* error) {
    const bool is_jwt = scheme.algorithm == Algorithm::jwt;
    if (!scheme.message.parts.empty()) return base::fail(error, "this algorithm takes no \"message\"");
    if (!scheme.batch.empty()) return base::fail(error, "this algorithm takes no \"batch\"");
    if (is_jwt) return validate_jwt_rules(scheme, error);
    if (!scheme.signature.from.empty() || scheme.digest)
        return base::fail(error, "this algorithm takes no \"signature\" or \"digest\"");
    if (scheme.key_id) return base::fail(error, "this algorithm finds the key's id itself");
    const bool is_sns = scheme.algorithm == Algorithm::aws_sns;
    if (is_sns && scheme.timestamp && scheme.timestamp->from.front().text != "json:/Timestamp")
        return base::fail(error, "the timestamp of this algorithm is json:/Timestamp");
    return scheme.algorithm != Algorithm::http_signature || validate_http_signature_rules(scheme, error);
}

bool validate_key_rules(const Scheme& scheme, std::string* error) {
    const bool is_public_rule = is_of_public_keys(scheme.key);
    const bool is_either = scheme.key == KeyRule::hex || scheme.key == KeyRule::base64;
    if (is_public_rule != scheme.public_keys && !is_either)
        return base::fail(error, "the key rule does not fit the algorithm");
    if (!validate_other_keys(scheme, error)) return false;
    if (scheme.key_id) {
        const Kind kind = scheme.key_id->kind;
        if (scheme.algorithm != Algorithm::public_key) return base::fail(error, "\"id=\" needs public keys");
        if ((kind != Kind::header && kind != Kind::query) || scheme.key_id->then != nullptr)
            return base::fail(error, "key ids in \"" + scheme.key_id->text + "\" are not supported");
    }
    if (!scheme.claims.empty() && scheme.algorithm != Algorithm::jwt)
        return base::fail(error, "only tokens have \"claims\"");
    return scheme.covers.empty() || scheme.algorithm == Algorithm::http_signature ||
           base::fail(error, "only HTTP signatures have \"covers\"");
}

}  // namespace webhook::signature
