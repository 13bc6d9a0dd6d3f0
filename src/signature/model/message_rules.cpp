#include "signature/model/message_rules.hpp"

#include <algorithm>

namespace webhook::signature {

namespace {

using event::Filter;
using event::Template;
using Kind = event::Source::Kind;

/// True for filters that keep different values different. Of a form's fields: but the signature's
/// own; the lengths of its values say nothing of their names.
bool keeps_value(const Template::Part& part) {
    const bool is_form = part.source.kind == Kind::form_fields;
    return std::all_of(part.filters.begin(), part.filters.end(), [is_form](const Filter& filter) {
        if (filter.kind == Filter::Kind::sized) return !is_form;
        return filter.kind == Filter::Kind::json_escape || filter.kind == Filter::Kind::sorted ||
               (is_form && filter.kind == Filter::Kind::without);
    });
}

template <class Test>
bool any_certain(const Scheme& scheme, Test test) {
    return std::any_of(
        scheme.message.parts.begin(), scheme.message.parts.end(), [&](const Template::Part& part) {
            return part.is_value && part.segment == 0 && keeps_value(part) && test(part.source);
        });
}

/// True when the source holds the signed time and nothing else.
bool is_signed_time(const Scheme& scheme, const event::Source& wanted) {
    if (!scheme.timestamp || !signs(scheme, Kind::timestamp)) return false;
    const TimestampRule& rule = *scheme.timestamp;
    return rule.from.size() == 1 && rule.split.empty() && rule.prefixes.empty() &&
           rule.from.front().text == wanted.text;
}

}  // namespace

bool has_message(const Scheme& scheme) {
    return scheme.algorithm == Algorithm::hmac || scheme.algorithm == Algorithm::hash ||
           scheme.algorithm == Algorithm::public_key;
}

bool signs(const Scheme& scheme, Kind kind) {
    return any_certain(scheme, [kind](const event::Source& source) { return source.kind == kind; });
}

bool signs(const Scheme& scheme, const event::Source& wanted) {
    if (is_signed_time(scheme, wanted)) return true;
    const bool named = wanted.kind == Kind::header;
    return any_certain(scheme, [&](const event::Source& source) {
        return source.kind == wanted.kind &&
               (named ? source.name == wanted.name : source.text == wanted.text);
    });
}

bool signs_body(const Scheme& scheme) {
    return signs(scheme, Kind::body) || signs(scheme, Kind::body_sha256) || signs(scheme, Kind::form_fields);
}

}  // namespace webhook::signature
