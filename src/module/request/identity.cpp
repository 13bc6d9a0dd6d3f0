#include "module/request/identity.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "module/ngx/pool.hpp"
#include "module/ngx/template.hpp"
#include "module/request/counters.hpp"
#include "signature/model/content_rule.hpp"
#include "signature/verify/content.hpp"

namespace webhook::module {

namespace {

using event::By;

/// True when nothing in it could differ from the next event.
bool is_empty(const RequestState& state) {
    return state.headers.query.empty() && state.headers.body.size == 0;
}

base::Digest content_of(const RequestState& state) {
    signature::Outcome outcome;
    outcome.covered = state.signed_parts.covered;
    outcome.message = state.signed_parts.message;
    outcome.url = state.signed_parts.url;
    outcome.claims = std::string(state.headers.claims);
    return signature::content_of(*state.location->scheme, state.headers, outcome, state.location->json_max);
}

/// Makes the mark by which a conflict is recognised: where the id alone is the key, a fast hash of the body
/// is enough.
store::ContentMark mark(const RequestState& state) {
    if (signature::is_plain_content(*state.location->scheme)) return store::mark_of(state.headers.body);
    return store::mark_of(content_of(state));
}

/// Computes the scopes of this request: one, or one for each of its keys.
std::vector<std::string> scopes_of(const RequestState& state) {
    const Location& location = *state.location;
    if (location.variable_secrets.empty()) return location.scopes;
    std::vector<std::string> scopes;
    if (evaluate_secrets(state, &scopes))
        std::transform(scopes.begin(), scopes.end(), scopes.begin(), scope_of);
    return scopes;
}

store::Identity make_identity(const RequestState& state, By by, const base::Digest& content) {
    const auto key = [&](std::string_view scope) {
        return store::make_key(scope, by, state.has_id ? state.event.id : std::string_view(), content);
    };
    store::Identity identity;
    if (state.location->source.complex == nullptr) {
        identity.key = key(state.location->source.literal);
        return identity;
    }
    const std::vector<std::string> scopes = scopes_of(state);
    identity.key = key(scopes.empty() ? std::string_view() : scopes.front());
    for (std::size_t i = 1; i < scopes.size(); ++i)
        identity.alternates.add(key(scopes[i]));
    return identity;
}

/// True when several events may have this id: it names something else, or duplicates are not looked for.
bool is_shared_id(const RequestState& state, By by) {
    if (!state.identity.dedup) return true;
    return state.has_id && by == By::both && state.location->names_things;
}

}  // namespace

bool evaluate_secrets(const RequestState& state, std::vector<std::string>* secrets) {
    return std::all_of(state.location->variable_secrets.begin(), state.location->variable_secrets.end(),
                       [&](const Template& secret) {
                           std::string_view value;
                           if (!secret.evaluate(state.request, &value)) return false;
                           if (!value.empty()) secrets->emplace_back(value);
                           return true;
                       });
}

std::string scope_of(std::string_view secret) {
    base::HashState hash(base::Hash::sha256);
    hash.update("webhook scope\n");
    hash.update(secret);
    return std::string(hash.finish().view());
}

void identify(RequestState* state) {
    const Location& location = *state->location;
    const bool looks_for_duplicates = location.stream != nullptr || location.once != nullptr;
    if (!looks_for_duplicates && state->has_id) return;
    const By by = state->has_id ? location.by : By::body;
    const bool needs_content = by == By::body || (by == By::both && location.dedup);
    const base::Digest content = needs_content ? content_of(*state) : base::Digest{};
    // Chooses the partition, so that duplicates meet which differ in their ids.
    if (by == By::body) state->content = copy_to_pool(state->request->pool, base::to_hex(content.view()));
    if (!state->has_id) state->event.id = state->content;
    if (!looks_for_duplicates) return;
    const bool nameless = !state->has_id && is_empty(*state);
    if (nameless) count_nameless(*state);
    state->identity.dedup = location.dedup && !nameless;
    if (state->identity.dedup) {
        state->identity = make_identity(*state, by, content);
        state->identity.content = by == By::id ? mark(*state) : store::mark_of(content);
        note_key(state);
    }
    if (is_shared_id(*state, by)) state->event.idnames = "thing";
}

void note_key(RequestState* state) {
    const auto hex = store::to_hex(state->identity.key);
    state->event.key = copy_to_pool(state->request->pool, {hex.data(), hex.size()});
}

std::string_view partition_value(const RequestState& state) {
    if (!state.event.partitionkey.empty()) return state.event.partitionkey;
    return state.content.empty() ? state.event.id : state.content;
}

}  // namespace webhook::module
