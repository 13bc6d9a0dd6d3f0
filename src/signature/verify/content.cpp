#include "signature/verify/content.hpp"

#include <algorithm>

#include "base/json_cut.hpp"
#include "base/url.hpp"
#include "base/urlencoded.hpp"
#include "signature/model/content_rule.hpp"
#include "signature/verify/contentful.hpp"
#include "signature/verify/evaluation.hpp"
#include "signature/verify/url_variants.hpp"

namespace webhook::signature {

namespace {

using base::HashState;
using event::Source;
using event::Template;
using Kind = Source::Kind;

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
        } else if (counts_as_content(scheme, part)) {
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

}  // namespace

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

}  // namespace webhook::signature
