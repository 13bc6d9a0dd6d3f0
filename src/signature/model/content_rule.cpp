#include "signature/model/content_rule.hpp"

#include <algorithm>

#include "signature/model/message_rules.hpp"

namespace webhook::signature {

namespace {

using event::Source;
using event::Template;
using Kind = Source::Kind;

std::size_t counted_parts(const Scheme& scheme) {
    const auto& parts = scheme.message.parts;
    return static_cast<std::size_t>(std::count_if(
        parts.begin(), parts.end(), [&](const auto& part) { return counts_as_content(scheme, part); }));
}

/// True when what counts is just the body, in the message or by its digest.
bool counts_body_only(const Scheme& scheme) {
    const auto& parts = scheme.message.parts;
    return std::all_of(parts.begin(), parts.end(), [&](const auto& part) {
        return !counts_as_content(scheme, part) || is_whole_body(part.source);
    });
}

bool is_partly_signed(const Scheme& scheme) {
    return !scheme.digest && !signs_body(scheme) && (scheme.unsigned_body || scheme.postback);
}

}  // namespace

bool is_whole_body(const Source& source) {
    return source.kind == Kind::body || source.kind == Kind::body_sha256;
}

bool counts_as_content(const Scheme& scheme, const Template::Part& part) {
    if (!part.is_value) return false;
    if (scheme.timestamp && scheme.timestamp->from.front().text == part.source.text) return false;
    switch (part.source.kind) {
        case Kind::header:
        case Kind::config:
        case Kind::claim:
        case Kind::timestamp:
        case Kind::secret:
            return false;
        default:
            return true;
    }
}

bool can_shift(const Scheme& scheme) {
    return scheme.content == Content::parts &&
           (counted_parts(scheme) > 1 || signs(scheme, Kind::form_fields));
}

Content content_rule(const Scheme& scheme) {
    switch (scheme.algorithm) {
        case Algorithm::none:
        case Algorithm::token:
        case Algorithm::basic:
            return Content::request;
        case Algorithm::jwt:
            if (has_token_in_body(scheme)) return Content::claims;
            return scheme.digest ? Content::body : Content::request;
        case Algorithm::aws_sns:
            return Content::claims;
        case Algorithm::contentful:
        case Algorithm::http_signature:
            return Content::covered;
        default:
            break;
    }
    if (is_partly_signed(scheme) && !scheme.identity.signed_content) return Content::request;
    return counts_body_only(scheme) ? Content::body : Content::parts;
}

bool is_plain_content(const Scheme& scheme) {
    bool plain = scheme.identity.left_out.empty();
    each_choice(scheme, [&](const Scheme& choice) { plain = plain && choice.content == Content::body; });
    return plain;
}

}  // namespace webhook::signature
