#include "signature/model/signed_id.hpp"

#include <algorithm>
#include <iterator>

#include "signature/model/message_rules.hpp"

namespace webhook::signature {

namespace {

using event::Filter;
using event::Source;
using event::Template;
using Kind = Source::Kind;

bool read_id(const std::string& text, Template* id) {
    std::string ignored;
    return parse_choice(text, event::SourceSet::directive, id, &ignored);
}

/// True when every parameter but the signature's own is signed.
bool signs_query(const Scheme& scheme) {
    return std::any_of(scheme.message.parts.begin(), scheme.message.parts.end(), [](const auto& part) {
        const bool of_query =
            part.is_value && (part.source.kind == Kind::url || part.source.kind == Kind::query_string);
        return of_query && part.segment == 0 && !part.has(Filter::Kind::lower) &&
               !part.has(Filter::Kind::crc32) && !part.has(Filter::Kind::decoded);
    });
}

bool same_filters(const std::vector<Filter>& a, const std::vector<Filter>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Filter& x, const Filter& y) { return x.kind == y.kind && x.arg == y.arg; });
}

/// True for the signature itself, which identifies the signed text, where it has one spelling only (that of a
/// public key has several).
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
               same_filters(each.filters, part.filters) && !each.has(Filter::Kind::crc32);
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

/// True when the value is read from the body itself.
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

/// True when only the sender can choose the value.
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

bool has_index(const Source& source) {
    const auto is_index = [](const std::string& token) {
        return !token.empty() && token.find_first_not_of("0123456789") == std::string::npos;
    };
    return std::any_of(source.pointer.begin(), source.pointer.end(), is_index) ||
           (source.then != nullptr && has_index(*source.then));
}

}  // namespace

bool is_signed_id(const Scheme& scheme, const std::vector<std::string>& ids) {
    bool good = true;
    each_choice(scheme, [&](const Scheme& choice) { good = good && is_signed_by_message(choice, ids); });
    return good;
}

bool has_signed_id(const Scheme& scheme) {
    return !scheme.id.empty() && is_signed_id(scheme, scheme.id);
}

bool trusts_id(const Scheme& scheme, const std::vector<std::string>& ids) {
    bool good = true;
    each_choice(scheme, [&](const Scheme& choice) { good = good && message_trusts_id(choice, ids); });
    return good;
}

bool is_element_id(const std::vector<std::string>& ids) {
    return std::any_of(ids.begin(), ids.end(), [](const std::string& text) {
        Template id;
        return read_id(text, &id) && std::any_of(id.parts.begin(), id.parts.end(), [](const auto& part) {
                   return part.is_value && has_index(part.source);
               });
    });
}

}  // namespace webhook::signature
