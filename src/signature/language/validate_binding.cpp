#include "signature/language/validate_binding.hpp"

#include <algorithm>
#include <iterator>

#include "base/fail.hpp"
#include "base/text.hpp"
#include "signature/language/message_choice.hpp"
#include "signature/model/definition.hpp"
#include "signature/model/message_rules.hpp"
#include "signature/verify/content.hpp"

namespace webhook::signature {

namespace {

using event::Filter;
using event::Source;
using event::Template;
using Kind = Source::Kind;

bool is_same(const Source& a, const Source& b) {
    return a.kind == b.kind && (a.kind == Kind::header ? a.name == b.name : a.text == b.text);
}

bool is_filter(const Template::Part& part, Filter::Kind kind) {
    return std::any_of(part.filters.begin(), part.filters.end(),
                       [kind](const Filter& filter) { return filter.kind == kind; });
}

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
bool check_cut(const Scheme& scheme, const Template::Part& part, const Filter& cut, std::string* error) {
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

bool check_filters(const Scheme& scheme, const Template::Part& part, std::string* error) {
    for (const Filter& filter : part.filters) {
        const bool cuts = filter.kind == Filter::Kind::before || filter.kind == Filter::Kind::without;
        if (cuts && !check_cut(scheme, part, filter, error)) return false;
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
    if (!part.is_value || is_filter(part, Filter::Kind::crc32)) return false;
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

/// Brackets, of which one must be there, must each begin with something that tells the event.
bool check_brackets(const Scheme& scheme, std::string* error) {
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

/// True when every parameter but the signature's own is signed.
bool signs_query(const Scheme& scheme) {
    return std::any_of(scheme.message.parts.begin(), scheme.message.parts.end(), [](const auto& part) {
        const bool of_query =
            part.is_value && (part.source.kind == Kind::url || part.source.kind == Kind::query_string);
        return of_query && part.segment == 0 && !is_filter(part, Filter::Kind::lower) &&
               !is_filter(part, Filter::Kind::crc32) && !is_filter(part, Filter::Kind::decoded);
    });
}

bool same_filters(const std::vector<Filter>& a, const std::vector<Filter>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Filter& x, const Filter& y) { return x.kind == y.kind && x.arg == y.arg; });
}

/// The signature itself, which tells the signed text, where it has one spelling only (that of a public key
/// has several).
bool is_signature(const Scheme& scheme, const Template::Part& part) {
    const SignatureRule& rule = scheme.signature;
    const bool is_fixed = scheme.algorithm == Algorithm::hmac || scheme.algorithm == Algorithm::hash;
    const bool one = rule.from.size() == 1 && rule.split.empty() && !rule.trim && rule.prefixes.size() <= 1 &&
                     is_same(rule.from.front(), part.source);
    const bool lowered = part.filters.size() == 1 && part.filters.front().kind == Filter::Kind::lower;
    // Base64 may come with its padding or without, where it has some.
    const bool is_exact = rule.encoding == base::Encoding::base64 && rule.prefixes.empty() &&
                          part.filters.empty() && base::digest_size(scheme.hash) % 3 == 0;
    return is_fixed && one && ((rule.encoding == base::Encoding::hex && lowered) || is_exact);
}

/// The value that a chain starts with.
Source first_step(const Source& source) {
    Source first = source;
    first.then = nullptr;
    first.text = source.text.substr(0, source.text.find('>'));
    return first;
}

bool is_signed(const Scheme& scheme, const Template::Part& part) {
    if (part.source.kind == Kind::query && signs_query(scheme)) return true;
    // Not by {url}: webhook_url may name a whole URL, whatever the path of the request is.
    if (part.source.kind == Kind::path_segment && signs(scheme, Kind::path)) return true;
    if (signs(scheme, part.source) || is_signature(scheme, part)) return true;
    if (part.source.then != nullptr && signs(scheme, first_step(part.source))) return true;
    return std::any_of(scheme.message.parts.begin(), scheme.message.parts.end(), [&](const auto& each) {
        return each.is_value && each.segment == 0 && is_same(each.source, part.source) &&
               same_filters(each.filters, part.filters) && !is_filter(each, Filter::Kind::crc32);
    });
}

bool is_signed(const Scheme& scheme, const Template& id) {
    return std::all_of(id.parts.begin(), id.parts.end(),
                       [&](const auto& part) { return !part.is_value || is_signed(scheme, part); });
}

/// A header of the message must be there, so that the choices after it are never taken.
bool is_always_there(const Scheme& scheme, const Template& id) {
    return id.parts.size() == 1 && id.parts.front().source.kind == Kind::header &&
           signs(scheme, id.parts.front().source);
}

/// What is read of the body itself.
bool is_of_body(const Source& source) {
    return source.needs_body() || source.kind == Kind::body_sha256;
}

bool is_member_of_sns(const Source& source) {
    static constexpr std::string_view members[] = {"Message", "MessageId", "Timestamp", "TopicArn", "Type"};
    return source.kind == Kind::json && source.pointer.size() == 1 &&
           std::find(std::begin(members), std::end(members), source.pointer.front()) != std::end(members);
}

bool covers_digest(const Scheme& scheme) {
    return std::any_of(scheme.covers.begin(), scheme.covers.end(), [](const auto& choices) {
        return choices.size() == 1 && choices.front() == "content-digest";
    });
}

/// Whether nobody but the sender can choose the value.
bool is_certain(const Scheme& scheme, const Template::Part& part) {
    if (!part.is_value) return true;
    switch (scheme.algorithm) {
        case Algorithm::none:
            return false;
        case Algorithm::token:
        case Algorithm::basic:
            return scheme.identity.vouched;
        case Algorithm::jwt:
            return part.source.kind == Kind::claim || (scheme.digest && is_of_body(part.source));
        case Algorithm::aws_sns:
            return is_member_of_sns(part.source);
        case Algorithm::contentful:
            return is_of_body(part.source) || part.source.kind == Kind::method;
        case Algorithm::http_signature:
            return is_of_body(part.source) && covers_digest(scheme);
        default:
            return (is_of_body(part.source) && (scheme.digest || signs_body(scheme))) ||
                   is_signed(scheme, part);
    }
}

bool needs_signed_id(const Scheme& scheme) {
    return has_message(scheme) && !signs_body(scheme) && !scheme.digest &&
           (scheme.unsigned_body || scheme.postback);
}

bool is_signed_by_message(const Scheme& scheme, const std::vector<std::string>& ids) {
    for (const std::string& text : ids) {
        Template id;
        const bool good =
            read_id(text, &id) && std::all_of(id.parts.begin(), id.parts.end(),
                                              [&](const auto& part) { return is_certain(scheme, part); });
        if (!good) return false;
        if (is_always_there(scheme, id)) return true;
    }
    return true;
}

bool message_trusts_id(const Scheme& scheme, const std::vector<std::string>& ids) {
    if (scheme.unsigned_id || !needs_signed_id(scheme)) return true;
    // Without any id the content counts, of which some is not signed unless it is what was signed.
    if (ids.empty()) return scheme.identity.signed_content;
    for (const std::string& text : ids) {
        Template id;
        if (!read_id(text, &id) || !is_signed(scheme, id)) return false;
        if (is_always_there(scheme, id)) return true;
    }
    return true;
}

}  // namespace

bool is_common_header(std::string_view name) {
    static constexpr std::string_view names[] = {"authorization",
                                                 "cache-control",
                                                 "connection",
                                                 "content-encoding",
                                                 "content-language",
                                                 "content-length",
                                                 "content-type",
                                                 "cookie",
                                                 "date",
                                                 "expect",
                                                 "forwarded",
                                                 "from",
                                                 "host",
                                                 "keep-alive",
                                                 "origin",
                                                 "pragma",
                                                 "priority",
                                                 "proxy-authorization",
                                                 "proxy-connection",
                                                 "range",
                                                 "referer",
                                                 "te",
                                                 "trailer",
                                                 "transfer-encoding",
                                                 "upgrade",
                                                 "upgrade-insecure-requests",
                                                 "user-agent",
                                                 "via",
                                                 "x-real-ip",
                                                 "x-requested-with",
                                                 "x-original-uri",
                                                 "x-rewrite-url",
                                                 "x-http-method-override",
                                                 "client-ip",
                                                 "true-client-ip"};
    static constexpr std::string_view families[] = {"accept", "x-forwarded-", "cf-", "sec-", "if-"};
    return std::any_of(std::begin(names), std::end(names), [name](auto each) { return each == name; }) ||
           std::any_of(std::begin(families), std::end(families),
                       [name](auto each) { return base::starts_with(name, each); });
}

bool check_binding(const Scheme& scheme, std::string* error) {
    const std::vector<Template::Part>& parts = scheme.message.parts;
    if (!std::all_of(parts.begin(), parts.end(),
                     [&](const auto& part) { return check_filters(scheme, part, error); })) {
        return false;
    }
    if (scheme.any_bracket) return check_brackets(scheme, error);
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

bool read_id(const std::string& text, Template* id) {
    constexpr auto set = event::SourceSet::directive;
    std::string ignored;
    if (event::is_template(text, set)) return parse_template(text, set, id, &ignored);
    Template::Part part;
    part.is_value = true;
    const bool good = parse_source(text, set, &part.source, &ignored);
    id->parts.push_back(std::move(part));
    return good;
}

bool is_signed_id(const Scheme& scheme, const std::vector<std::string>& ids) {
    bool good = true;
    each_choice(scheme, [&](const Scheme& choice) { good = good && is_signed_by_message(choice, ids); });
    return good;
}

bool trusts_id(const Scheme& scheme, const std::vector<std::string>& ids) {
    bool good = true;
    each_choice(scheme, [&](const Scheme& choice) { good = good && message_trusts_id(choice, ids); });
    return good;
}

bool check_id(const Scheme& scheme, std::string* error) {
    return trusts_id(scheme, scheme.id) ||
           base::fail(
               error,
               "the id is not signed, nor is the body: who saw one request can send it again under other "
               "ids. Take "
               "the id from the message, or add \"unsigned_id\"");
}

}  // namespace webhook::signature
