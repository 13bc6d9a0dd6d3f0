#include "signature/keys/key_reuse.hpp"

#include <algorithm>
#include <string_view>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

namespace {

using event::Template;
using Kind = event::Source::Kind;

bool has_keyed_value(const Template& answer) {
    return std::any_of(answer.parts.begin(), answer.parts.end(),
                       [](const auto& part) { return part.is_value && wants_hmac(part); });
}

bool allows_all(const Pattern& pattern, std::string_view characters) {
    return pattern.admits(characters);
}

bool allows_any(const Pattern& pattern, std::string_view characters) {
    return std::any_of(characters.begin(), characters.end(),
                       [&](char c) { return pattern.admits(std::string_view(&c, 1)); });
}

bool is_whole_body(const Template::Part& part) {
    return part.source.kind == Kind::body &&
           std::all_of(part.filters.begin(), part.filters.end(), [](const event::Filter& filter) {
               return filter.kind == event::Filter::Kind::json_escape;
           });
}

/// True when this part of a message holds a character that the pattern does not allow, whatever the request.
bool keeps_apart(const Scheme& scheme, const Template::Part& part, const Pattern& pattern, bool documents) {
    if (part.segment != 0) return false;
    if (!part.is_value) return !pattern.admits(part.literal);
    if (!part.filters.empty() && !is_whole_body(part)) return false;
    switch (part.source.kind) {
        case Kind::url:
            return !allows_all(pattern, ":/");
        case Kind::timestamp:
            return scheme.timestamp && scheme.timestamp->unit == Unit::rfc3339 && !allows_all(pattern, ":");
        case Kind::body:
            return documents && !allows_any(pattern, "{[\"<=&");
        default:
            return false;
    }
}

std::size_t least_size(const Scheme& scheme) {
    constexpr std::size_t sha256_in_hex = 64;
    std::size_t size = 0;
    for (const Template::Part& part : scheme.message.parts) {
        if (part.segment != 0) continue;
        size += part.literal.size();
        if (part.is_value && part.source.kind == Kind::body_sha256 && part.filters.empty())
            size += sha256_in_hex;
    }
    return size;
}

bool is_apart(const Scheme& scheme, const Pattern& pattern, bool documents) {
    const auto& parts = scheme.message.parts;
    if (scheme.beginning && (scheme.beginning->allowed & pattern.allowed).none()) return true;
    return least_size(scheme) > pattern.max ||
           std::any_of(parts.begin(), parts.end(), [&](const Template::Part& part) {
               return keeps_apart(scheme, part, pattern, documents);
           });
}

bool are_apart(const Scheme& scheme, const Pattern& pattern, bool documents) {
    bool apart = true;
    each_choice(scheme, [&](const Scheme& choice) { apart = apart && is_apart(choice, pattern, documents); });
    return apart;
}

/// True for messages that an algorithm makes up: a dot between two parts (JWT), line ends.
bool is_own_text_apart(const Scheme& scheme, const Pattern& pattern) {
    return !allows_all(pattern, scheme.algorithm == Algorithm::jwt ? "." : "\n");
}

}  // namespace

bool answers_hmacs(const Scheme& scheme) {
    return std::any_of(scheme.challenges.begin(), scheme.challenges.end(), [](const ChallengeRule& rule) {
        return has_keyed_value(rule.body) ||
               std::any_of(rule.headers.begin(), rule.headers.end(),
                           [](const auto& header) { return has_keyed_value(header.second); });
    });
}

bool never_signed(const Scheme& scheme, const Pattern& pattern) {
    return are_apart(scheme, pattern, true);
}

bool could_sign_for(const Scheme& answering, const Scheme& other) {
    const bool own = other.algorithm == Algorithm::jwt || other.algorithm == Algorithm::contentful ||
                     other.algorithm == Algorithm::http_signature;
    if (other.public_keys || (other.algorithm != Algorithm::hmac && !own)) return false;
    if (answering.hash != other.hash) return false;
    return std::any_of(
        answering.signed_echoes.begin(), answering.signed_echoes.end(), [&](const Pattern& pattern) {
            return own ? !is_own_text_apart(other, pattern) : !are_apart(other, pattern, false);
        });
}

}  // namespace webhook::signature
