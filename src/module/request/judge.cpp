#include "module/request/judge.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include "base/glob.hpp"
#include "base/url.hpp"
#include "module/ngx/pool.hpp"
#include "module/request/answer.hpp"
#include "module/request/challenge.hpp"
#include "module/request/counters.hpp"
#include "module/request/identity.hpp"
#include "module/request/new_event.hpp"
#include "module/request/presentable.hpp"
#include "signature/verify/judgement.hpp"

namespace webhook::module {

namespace {

std::int64_t now_ms() {
    const ngx_time_t* now = ngx_timeofday();
    return static_cast<std::int64_t>(now->sec) * 1000 + now->msec;
}

std::string_view host_of(const ngx_http_request_t* request) {
    if (request->headers_in.host != nullptr) return view(request->headers_in.host->value);
    return view(request->headers_in.server);
}

std::string_view scheme_of(const ngx_http_request_t* request) {
#if (NGX_HTTP_SSL)
    if (request->connection->ssl != nullptr) return "https";
#else
    (void)request;
#endif
    return "http";
}

/// True for "https://host" without a path: the request's URI belongs after it.
bool is_origin(std::string_view url) {
    const std::string_view tail = base::split_url(url).tail;
    return tail.empty() || tail == "/";
}

/// Makes the URL that the sender signed: configured, or as the request came.
bool make_url(RequestState* state, std::string_view* url) {
    const Location& location = *state->location;
    std::string whole;
    if (location.url) {
        std::string_view configured;
        if (!location.url->evaluate(state->request, &configured)) return false;
        if (!is_origin(configured)) {
            *url = configured;
            return true;
        }
        whole = configured;
        if (!whole.empty() && whole.back() == '/') whole.pop_back();
    } else {
        whole = scheme_of(state->request);
        whole.append("://").append(host_of(state->request));
    }
    whole.append(view(state->request->unparsed_uri));
    *url = copy_to_pool(state->request->pool, whole);
    return true;
}

Verdict to_module_verdict(signature::Verdict verdict) {
    switch (verdict) {
        case signature::Verdict::genuine:
            return Verdict::none;
        case signature::Verdict::no_signature:
            return Verdict::no_signature;
        case signature::Verdict::forged:
            return Verdict::forged;
        case signature::Verdict::stale:
            return Verdict::stale;
        case signature::Verdict::malformed:
            return Verdict::malformed;
        case signature::Verdict::challenge:
            return Verdict::challenge;
        case signature::Verdict::too_large:
            return Verdict::too_large;
        case signature::Verdict::encoded:
            return Verdict::encoded;
    }
    return Verdict::forged;
}

/// Makes a verifier with the keys of this request; empty ones do not count. nullptr: there is no usable key.
std::unique_ptr<signature::Verifier> make_verifier(RequestState* state) {
    signature::VerifierOptions options = state->location->options;
    if (!evaluate_secrets(*state, &options.secrets) || options.secrets.empty()) return nullptr;
    std::string error;
    auto verifier = signature::Verifier::make(*state->location->scheme, options, &error);
    if (verifier == nullptr) {
        ngx_log_error(NGX_LOG_ERR, state->request->connection->log, 0, "webhook: %s", error.c_str());
    }
    return verifier;
}

/// Judges the request with the keys of the verifier and keeps the answer to a challenge. Captured values of a
/// challenge need a stream; a gate leaves such a challenge to the application.
Verdict judge_with(const signature::Verifier& verifier, RequestState* state, std::string_view* reason) {
    const bool has_stream = state->location->stream != nullptr;
    const signature::Judgement judged = judge_request(verifier, state->headers, now_ms(), has_stream);
    const signature::Outcome& outcome = judged.outcome;
    const bool is_challenge = outcome.verdict == signature::Verdict::challenge;
    state->timestamp = copy_to_pool(state->request->pool, outcome.timestamp);
    if (is_challenge || outcome.verdict == signature::Verdict::genuine)
        state->headers.claims = copy_to_pool(state->request->pool, outcome.claims);
    if (!judged.takes_method) {
        *reason = signature::method_reason;
        return Verdict::method;
    }
    if (is_challenge) keep_reply(state, judged.reply);
    state->signed_parts.covered = outcome.covered;
    state->signed_parts.message = outcome.message;
    state->signed_parts.url = outcome.url;
    *reason = outcome.reason;
    return to_module_verdict(outcome.verdict);
}

/// Returns the value when it may be stored, copied into the pool; else the reason is set.
std::string_view checked(RequestState* state, std::string_view value, std::string_view problem,
                         std::string_view* reason) {
    if (!is_presentable(value)) {
        *reason = problem;
        return {};
    }
    return copy_to_pool(state->request->pool, value);
}

Verdict judge_signature(RequestState* state, std::string_view* reason) {
    if (state->location->signs_url && !make_url(state, &state->headers.url)) {
        *reason = "the URL cannot be computed";
        return Verdict::unavailable;
    }
    if (state->location->verifier != nullptr) return judge_with(*state->location->verifier, state, reason);
    const auto verifier = make_verifier(state);
    if (verifier != nullptr) return judge_with(*verifier, state, reason);
    *reason = "no usable secret for this request";
    return Verdict::forged;
}

Verdict read_event(RequestState* state, std::string_view* reason) {
    static event::Extractor::Values values;  // one thread; keeps its capacity
    const Location& location = *state->location;
    for (const std::string& name : location.extractor->id_headers()) {
        if (state->headers.header(name).differs) {
            *reason = "a header of the id was sent twice";
            return Verdict::malformed;
        }
    }
    location.extractor->extract(state->headers, location.json_max, &values);
    state->has_id = !values.id.empty();
    std::string_view source;
    if (!location.source.evaluate(state->request, &source) || source.empty()) {
        *reason = "the source is empty";
        return Verdict::malformed;
    }
    store::NewEvent& event = state->event;
    event.id = checked(state, values.id, "id with control characters", reason);
    event.type = checked(state, values.type, "type with control characters", reason);
    event.tenant = checked(state, values.tenant, "tenant too long or with control characters", reason);
    event.partitionkey =
        checked(state, values.partition, "partition too long or with control characters", reason);
    event.source = checked(state, source, "source too long or with control characters", reason);
    if (!reason->empty()) return Verdict::malformed;
    identify(state);
    return Verdict::none;
}

/// True for a type that is accepted; an event without a type always is.
bool is_wanted(const Location& location, std::string_view type) {
    return location.accept_types.empty() || type.empty() ||
           std::any_of(location.accept_types.begin(), location.accept_types.end(),
                       [type](const std::string& pattern) { return base::matches(pattern, type); });
}

}  // namespace

Verdict examine(RequestState* state, std::string_view* reason) {
    note_start(state);
    if (const Verdict verdict = judge_signature(state, reason); verdict != Verdict::none) return verdict;
    if (const Verdict verdict = read_event(state, reason); verdict != Verdict::none) return verdict;
    if (!is_wanted(*state->location, state->event.type)) return Verdict::ignored;
    if (state->event.type.empty()) state->event.type = "webhook";
    return Verdict::none;
}

ngx_int_t refuse_method(RequestState* state) {
    const ngx_int_t result = ngx_http_discard_request_body(state->request);
    if (result != NGX_OK) return result;
    return answer(state, Verdict::method, "method not allowed");
}

}  // namespace webhook::module
