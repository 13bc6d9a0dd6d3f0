#include "signature/message_choice.hpp"

#include <algorithm>
#include <utility>

#include "signature/check.hpp"
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

/// Messages of different make can read the same: "{ts}.{body}" is also a "{body}" that begins with a number. So a signature
/// of one would be taken for one of another.
bool can_be_told_apart(const Template& a, const Template& b) {
    return (is_one_value(a) && is_one_value(b)) ||
           std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(), is_alike);
}

void exchange(Scheme* scheme, MessageRule* other) {
    std::swap(scheme->message, other->text);
    std::swap(scheme->any_bracket, other->any_bracket);
    std::swap(scheme->beginning, other->beginning);
}

bool check_other(Scheme* scheme, MessageRule* other, std::string* error, std::string_view* word) {
    *word = "message";
    if (!can_be_told_apart(scheme->message, other->text))
        return fail(
            error,
            "messages of one definition hold the same values in the same order with the same text between "
            "(only their filters may differ), or one value each");
    const bool signs_all = signs_body(*scheme);
    exchange(scheme, other);
    bool good = signs_body(*scheme) == signs_all || scheme->unsigned_body ||
                fail(error, "one message signs the body and another does not: add \"unsigned_body\"");
    good = good && check_scheme(*scheme, error, word);
    exchange(scheme, other);
    return good;
}

}  // namespace

bool check_choices(Scheme* scheme, std::string* error, std::string_view* word, std::size_t* number) {
    *number = 0;
    if (!check_scheme(*scheme, error, word)) return false;
    for (std::size_t i = 0; i < scheme->other_messages.size(); ++i) {
        if (check_other(scheme, &scheme->other_messages[i], error, word)) continue;
        *number = *word == "message" ? i + 1 : 0;
        return false;
    }
    return true;
}

}  // namespace webhook::signature
