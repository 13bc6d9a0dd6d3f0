#include "signature/verify/content.hpp"

#include <algorithm>

#include "base/fail.hpp"
#include "base/json_cut.hpp"
#include "base/url.hpp"
#include "base/urlencoded.hpp"
#include "signature/language/message_choice.hpp"
#include "signature/language/validate_binding.hpp"
#include "signature/model/message_rules.hpp"
#include "signature/verify/contentful.hpp"
#include "signature/verify/evaluation.hpp"
#include "signature/verify/jwt.hpp"
#include "signature/verify/url_variants.hpp"

namespace webhook::signature {

namespace {

using base::HashState;
using event::Source;
using event::Template;
using Kind = Source::Kind;

/// What stands for all of the body in a message.
bool is_whole_body(const Source& source) {
    return source.kind == Kind::body || source.kind == Kind::body_sha256;
}

/// Timestamps, nonces in headers, secrets and parameters of the location tell no event from another.
bool counts(const Scheme& scheme, const Template::Part& part) {
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

std::size_t counted_parts(const Scheme& scheme) {
    const auto& parts = scheme.message.parts;
    return static_cast<std::size_t>(
        std::count_if(parts.begin(), parts.end(), [&](const auto& part) { return counts(scheme, part); }));
}

/// True when what counts is just the body, in the message or by its digest.
bool counts_body_only(const Scheme& scheme) {
    const auto& parts = scheme.message.parts;
    return std::all_of(parts.begin(), parts.end(),
                       [&](const auto& part) { return !counts(scheme, part) || is_whole_body(part.source); });
}

bool is_partly_signed(const Scheme& scheme) {
    return !scheme.digest && !signs_body(scheme) && (scheme.unsigned_body || scheme.postback);
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

void update_body(const Scheme& scheme, const event::Request& request, base::HashState* state) {
    base::update_without(scheme.identity.left_out, request.body, state);
}

/// The query without the parameters that hold secrets, which differ by key.
void update_query(const Scheme& scheme, std::string_view query, base::HashState* state) {
    std::string_view pair;
    while (base::next_pair(&query, &pair)) {
        const bool secret =
            std::any_of(scheme.secret_params.begin(), scheme.secret_params.end(),
                        [&](const std::string& each) { return base::name_is(base::pair_name(pair), each); });
        if (secret) continue;
        state->update(pair);
        state->update("&");
    }
    state->update("\n");
}

void update_line(std::string_view text, base::HashState* state) {
    state->update(text);
    state->update("\n");
}

void update_request(const Scheme& scheme, const event::Request& request, base::HashState* state) {
    update_line(request.method, state);
    update_line(request.path, state);
    update_query(scheme, request.query, state);
    update_body(scheme, request, state);
}

/// The path is that of the URL that was signed, which need not be what the client wrote.
void update_covered(const Scheme& scheme, const event::Request& request, const Outcome& outcome,
                    base::HashState* state) {
    const std::string_view target = request_target(request.url);
    const auto add = [&](std::uint8_t part, std::string_view text) {
        update_line((outcome.covered & part) != 0 ? text : std::string_view(), state);
    };
    add(covered_method, request.method);
    add(covered_target, target);
    add(covered_path, base::split_url(target).path);
    add(covered_query, request.query);
    update_body(scheme, request, state);
}

/// The message without what does not count. Literals keep neighbouring values apart.
void update_message(const Scheme& scheme, Evaluation* evaluation, base::HashState* state) {
    const auto& parts = scheme.message.parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Template::Part& part = parts[i];
        const bool left_out =
            part.segment != 0 && evaluation->read_part(parts[scheme.message.first_of_segment(i)]).empty();
        if (left_out) continue;
        if (!part.is_value) {
            state->update(part.literal);
        } else if (is_whole_body(part.source)) {
            update_body(scheme, evaluation->request(), state);
        } else if (counts(scheme, part)) {
            state->update(evaluation->read_part(part));
        }
    }
    if (scheme.digest) update_body(scheme, evaluation->request(), state);
}

/// The URL counts as it was signed: one signature is one content, however a copy spells the URL.
void update_parts(const Scheme& scheme, const event::Request& request, const Outcome& outcome,
                  std::size_t json_max, base::HashState* state) {
    Evaluation evaluation(request, &scheme.body, json_max);
    const std::string url = outcome.url == 0 ? std::string() : url_variants(request.url).at(outcome.url - 1U);
    if (outcome.url != 0) evaluation.set_url(url);
    const std::size_t elements = scheme.body.repeats() ? evaluation.elements() : 1;
    for (std::size_t i = 0; i < elements; ++i) {
        evaluation.select(i);
        if (i > 0) state->update("\n");
        update_message(scheme, &evaluation, state);
    }
}

/// True when neighbours in the signed text can give bytes to each other without changing it, so that an id
/// that is read of them is not certain, but their content is.
bool can_shift(const Scheme& scheme) {
    return scheme.content == Content::parts &&
           (counted_parts(scheme) > 1 || signs(scheme, Kind::form_fields));
}

event::By derive_by(const Scheme& scheme) {
    const IdentityRule& rule = scheme.identity;
    if (rule.names == Names::attempt) return event::By::body;
    if (rule.names == Names::thing || !is_signed_id(scheme, scheme.id)) return event::By::both;
    bool shifts = false;
    each_choice(scheme, [&](const Scheme& choice) { shifts = shifts || can_shift(choice); });
    if (shifts) return event::By::body;
    return is_element_id(scheme.id) ? event::By::both : event::By::id;
}

bool has_index(const Source& source) {
    const auto is_index = [](const std::string& token) {
        return !token.empty() && token.find_first_not_of("0123456789") == std::string::npos;
    };
    return std::any_of(source.pointer.begin(), source.pointer.end(), is_index) ||
           (source.then != nullptr && has_index(*source.then));
}

}  // namespace

bool is_element_id(const std::vector<std::string>& ids) {
    return std::any_of(ids.begin(), ids.end(), [](const std::string& text) {
        Template id;
        return read_id(text, &id) && std::any_of(id.parts.begin(), id.parts.end(), [](const auto& part) {
                   return part.is_value && has_index(part.source);
               });
    });
}

bool is_plain_content(const Scheme& scheme) {
    bool plain = scheme.identity.left_out.empty();
    each_choice(scheme, [&](const Scheme& choice) { plain = plain && choice.content == Content::body; });
    return plain;
}

base::Digest content_of(const Scheme& definition, const event::Request& request, const Outcome& outcome,
                        std::size_t json_max) {
    const Scheme& scheme =
        outcome.message == 0 ? definition : *definition.alternatives.at(outcome.message - 1U);
    base::HashState state(base::Hash::sha256);
    switch (scheme.content) {
        case Content::body:
            update_body(scheme, request, &state);
            break;
        case Content::parts:
            update_parts(scheme, request, outcome, json_max, &state);
            break;
        case Content::covered:
            update_covered(scheme, request, outcome, &state);
            break;
        case Content::request:
            update_request(scheme, request, &state);
            break;
        case Content::claims:
            state.update(outcome.claims);
            break;
    }
    return state.finish();
}

bool check_identity(const Scheme& scheme, std::string* error) {
    const IdentityRule& rule = scheme.identity;
    if (rule.vouched && scheme.algorithm != Algorithm::token && scheme.algorithm != Algorithm::basic)
        return base::fail(error, "only a token can vouch for an id");
    if (rule.names != Names::thing && scheme.id.empty())
        return base::fail(error, "\"identity\" without an \"id\" says nothing");
    if (!rule.signed_content) return true;
    // Beside a message that is only a part another may hold all of the body.
    return (has_message(scheme) && !scheme.digest && (scheme.unsigned_body || scheme.postback)) ||
           base::fail(error, "\"content signed\" is for schemes that sign only parts of the request");
}

void derive_identity(Scheme* scheme) {
    scheme->content = content_rule(*scheme);
    scheme->by = derive_by(*scheme);
}

}  // namespace webhook::signature
