#include "signature/language/validate_binding.hpp"

#include <algorithm>
#include <iterator>

#include "base/fail.hpp"
#include "signature/language/common_headers.hpp"
#include "signature/model/message_rules.hpp"
#include "signature/model/signed_id.hpp"

namespace webhook::signature {

namespace {

using event::Filter;
using event::Source;
using event::Template;
using Kind = Source::Kind;

/// A parameter or field that carries the signature or names the key: the only one that may be left out of
/// what is signed.
bool carries_signature(const Scheme& scheme, Kind kind, std::string_view param) {
    const auto is = [kind, param](const Source& source) {
        return source.kind == kind && source.name == param && source.then == nullptr;
    };
    return std::any_of(scheme.signature.from.begin(), scheme.signature.from.end(), is) ||
           (scheme.key_id && is(*scheme.key_id));
}

/// `before:` must cut where the signature begins: "&NAME=". Anything shorter or other begins within a value
/// as well.
bool validate_cut(const Scheme& scheme, const Template::Part& part, const Filter& cut, std::string* error) {
    const bool is_before = cut.kind == Filter::Kind::before;
    const bool of_form = part.source.kind == Kind::form_fields;
    const bool of_query = part.source.kind == Kind::url || part.source.kind == Kind::query_string;
    const bool sorts = part.filters.size() == 2 && &cut == &part.filters.front() &&
                       (part.filters.back().kind == Filter::Kind::sorted ||
                        (of_form && part.filters.back().kind == Filter::Kind::sized));
    std::string_view name = cut.arg;
    bool good = (of_query || of_form) && (part.filters.size() == 1 || (sorts && !is_before));
    if (is_before) {
        good = good && name.size() > 2 && name.front() == '&' && name.back() == '=';
        if (good) name = name.substr(1, name.size() - 2);
    }
    return (good && carries_signature(scheme, of_form ? Kind::form : Kind::query, name)) ||
           base::fail(
               error,
               "what {" + part.source.text + "|" + (is_before ? "before:" : "without:") + cut.arg +
                   "} leaves out is not signed: only the signature's parameter may be left out, by one "
                   "\"before:&NAME=\" or \"without:NAME\" of {url}, {query} or {form}");
}

bool validate_filters(const Scheme& scheme, const Template::Part& part, std::string* error) {
    for (const Filter& filter : part.filters) {
        const bool cuts = filter.kind == Filter::Kind::before || filter.kind == Filter::Kind::without;
        if (cuts && !validate_cut(scheme, part, filter, error)) return false;
        if (filter.kind == Filter::Kind::sorted_query && part.source.kind != Kind::query_string)
            return base::fail(error, "\"sortedquery\" is a filter of {query} only");
        const bool of_url = part.source.kind == Kind::url || part.source.kind == Kind::query_string;
        if (filter.kind == Filter::Kind::decoded && (!of_url || part.filters.size() != 1))
            return base::fail(error, "\"decoded\" is the only filter of {url} or {query}");
        if (filter.kind != Filter::Kind::crc32) continue;
        if (part.source.kind != Kind::body)
            return base::fail(error,
                              "a CRC-32 is no hash: others have that of {" + part.source.text + "}, too");
        if (!scheme.unsigned_body && !signs_body(scheme))
            return base::fail(error, "a CRC-32 does not sign the body: add {body} or \"unsigned_body\"");
    }
    return true;
}

/// True when another event has another value here, so that the signature of one does not fit the other.
bool differs_by_event(const Scheme& scheme, const Template::Part& part) {
    if (!part.is_value || part.has(Filter::Kind::crc32)) return false;
    if (scheme.timestamp && is_same(scheme.timestamp->from.front(), part.source)) return false;
    switch (part.source.kind) {
        case Kind::body:
        case Kind::body_sha256:
        case Kind::form_fields:
        case Kind::form:
        case Kind::json:
        case Kind::query:
        case Kind::query_string:
            return true;
        case Kind::path:
        case Kind::path_segment:
            return scheme.postback;
        case Kind::url:
            return scheme.postback || (scheme.digest && scheme.digest->from.kind == Kind::query);
        case Kind::header:
            return !is_common_header(part.source.name);
        default:
            return false;
    }
}

/// Brackets, of which one must be there, must each begin with a value that differs by event.
bool validate_brackets(const Scheme& scheme, std::string* error) {
    const std::vector<Template::Part>& parts = scheme.message.parts;
    bool found = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].segment == 0) continue;
        found = true;
        if (!differs_by_event(scheme, parts[scheme.message.first_of_segment(i)]))
            return base::fail(error, "\"any\": brackets that begin with \"" +
                                         parts[scheme.message.first_of_segment(i)].source.text +
                                         "\" tell no event from another");
    }
    return found || base::fail(error, "\"any\" without brackets in the message");
}

}  // namespace

bool validate_binding(const Scheme& scheme, std::string* error) {
    const std::vector<Template::Part>& parts = scheme.message.parts;
    if (!std::all_of(parts.begin(), parts.end(),
                     [&](const auto& part) { return validate_filters(scheme, part, error); })) {
        return false;
    }
    if (scheme.any_bracket) return validate_brackets(scheme, error);
    const bool in_brackets = std::any_of(parts.begin(), parts.end(), [&](const auto& part) {
        return part.segment != 0 && differs_by_event(scheme, part);
    });
    if (std::any_of(parts.begin(), parts.end(),
                    [&](const auto& part) { return part.segment == 0 && differs_by_event(scheme, part); })) {
        return true;
    }
    return base::fail(
        error, in_brackets
                   ? "what tells one event from another stands in brackets, which may be left out: add "
                     "\"any\" behind the message, or take the brackets away"
                   : "no part of the message differs by event, so one signature fits all: add {body}");
}

bool validate_id(const Scheme& scheme, std::string* error) {
    return trusts_id(scheme, scheme.id) ||
           base::fail(
               error,
               "the id is not signed, nor is the body: who saw one request can send it again under other "
               "ids. Take "
               "the id from the message, or add \"unsigned_id\"");
}

}  // namespace webhook::signature
