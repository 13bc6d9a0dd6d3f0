#include "signature/model/challenge_rule.hpp"

#include <algorithm>

namespace webhook::signature {

using event::Source;
using event::Template;
using Kind = Source::Kind;

bool is_config(const Template::Part& part) {
    return part.is_value && part.source.kind == Kind::config && part.filters.empty();
}

bool is_readable_by_challenge(const Source& source) {
    return source.then == nullptr &&
           (source.kind == Kind::header || source.kind == Kind::query || source.needs_body());
}

bool wants_hmac(const Template::Part& part) {
    return part.filters.size() == 1 && part.filters.front().kind == event::Filter::Kind::hmac;
}

bool wants_hash(const Template::Part& part) {
    return part.filters.size() == 1 && part.filters.front().kind == event::Filter::Kind::sha256;
}

std::vector<std::string> hashed_params(const Template::Part& part) {
    std::vector<std::string> names;
    std::string_view rest = part.filters.front().arg;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.size(), rest.find(','));
        names.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(rest.size(), end + 1));
    }
    return names;
}

const Pattern* pattern_of(const ChallengeRule& rule, const Source& source) {
    for (const auto& [each, pattern] : rule.match) {
        if (each.text == source.text) return &pattern;
    }
    return nullptr;
}

}  // namespace webhook::signature
