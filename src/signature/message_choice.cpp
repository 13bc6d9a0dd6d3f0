#include "signature/message_choice.hpp"

#include <algorithm>

#include "signature/fail.hpp"
#include "signature/message_rules.hpp"

namespace webhook::signature {

namespace {

using event::Template;

bool is_one_value(const Template& text) {
    return text.parts.size() == 1 && text.parts.front().is_value;
}

bool is_alike(const Template::Part& a, const Template::Part& b) {
    return a.is_value == b.is_value && a.literal == b.literal && a.segment == b.segment &&
           (!a.is_value || (a.source.kind == b.source.kind && a.source.text == b.source.text));
}

/// Messages of different make can read the same: "{ts}.{body}" is also a "{body}" that begins with a number.
bool can_be_told_apart(const Template& a, const Template& b) {
    return (is_one_value(a) && is_one_value(b)) ||
           std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(), is_alike);
}

}  // namespace

bool check_alternative(const Scheme& scheme, const Scheme& other, std::string* error) {
    if (!can_be_told_apart(scheme.message, other.message))
        return fail(
            error,
            "messages of one definition hold the same values in the same order with the same text between "
            "(only their filters may differ), or one value each");
    return signs_body(scheme) == signs_body(other) || scheme.unsigned_body ||
           fail(error, "one message signs the body and another does not: add \"unsigned_body\"");
}

}  // namespace webhook::signature
