#include "signature/key_reuse.hpp"

#include <algorithm>

#include "signature/definition.hpp"

namespace webhook::signature {

namespace {

bool has_keyed_value(const event::Template& answer) {
    return std::any_of(answer.parts.begin(), answer.parts.end(),
                       [](const auto& part) { return part.is_value && wants_hmac(part); });
}

}  // namespace

bool answers_hmacs(const Scheme& scheme) {
    return std::any_of(scheme.challenges.begin(), scheme.challenges.end(), [](const ChallengeRule& rule) {
        return has_keyed_value(rule.body) ||
               std::any_of(rule.headers.begin(), rule.headers.end(),
                           [](const auto& header) { return has_keyed_value(header.second); });
    });
}

}  // namespace webhook::signature
