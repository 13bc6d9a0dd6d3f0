#include "signature/verify/verifier.hpp"

#include <algorithm>
#include <utility>

#include "base/urlencoded.hpp"
#include "signature/verify/algorithm.hpp"
#include "signature/verify/evaluation.hpp"
#include "signature/verify/signature_check.hpp"
#include "signature/verify/signed_query.hpp"

namespace webhook::signature {

namespace {

using event::Source;

/// True when the view is still good after the check: values that had to be decoded or put together are not.
bool outlives_check(const event::Request& request, const Source& source, std::string_view text) {
    if (source.kind == Source::Kind::header) return true;
    if (source.needs_body()) return lies_in(request.body, text);
    return lies_in({&request.query, 1, request.query.size()}, text);
}

Window window_of(const Scheme& scheme, const VerifierOptions& options) {
    const std::int64_t past = scheme.timestamp ? scheme.timestamp->past : min_window;
    const std::int64_t future = scheme.timestamp ? scheme.timestamp->future : min_window;
    return {options.check_window, options.tolerance_seconds.value_or(past) * 1000,
            options.tolerance_seconds.value_or(future) * 1000};
}

}  // namespace

struct Verifier::Impl {
    Prepared prepared;
    Window window;
    std::size_t json_max = 0;
    CodeCheck code = nullptr;
    Challenges challenges;

    const Scheme& scheme() const { return *prepared.scheme; }
    bool timestamp_in_body() const {
        return scheme().timestamp && scheme().timestamp->from.front().needs_body();
    }

    Outcome check(const event::Request& request, std::int64_t now_ms) const;

  private:
    bool doubled(Evaluation* evaluation, Outcome* outcome) const;
    bool read_timestamp(Evaluation* evaluation, std::int64_t* unix_ms, Outcome* outcome) const;
    bool read_body_timestamp(Evaluation* evaluation, std::int64_t* unix_ms, Outcome* outcome) const;
    bool authentic(Evaluation* evaluation, std::int64_t* unix_ms, Outcome* outcome) const;
    bool authentic_batch(Evaluation* evaluation, std::int64_t* unix_ms, Outcome* outcome) const;
};

bool Verifier::Impl::doubled(Evaluation* evaluation, Outcome* outcome) const {
    for (const std::string& name : scheme().single_headers) {
        if (evaluation->header(name).differs) {
            *outcome = {Verdict::malformed, "a header that must be there once was sent twice", {}};
            return true;
        }
    }
    for (const std::string& name : scheme().single_params) {
        if (base::find_param(evaluation->request().query, name).count > 1) {
            *outcome = {Verdict::malformed, "a query parameter that must be there once was sent twice", {}};
            return true;
        }
    }
    return false;
}

/// False when there is a timestamp that cannot be read.
bool Verifier::Impl::read_timestamp(Evaluation* evaluation, std::int64_t* unix_ms, Outcome* outcome) const {
    const TimestampRule& rule = *scheme().timestamp;
    std::string_view value;
    bool present = false;
    if (!evaluation->read(rule.from.front(), &value)) return true;
    if (value.data() == nullptr) value = "";
    each_item(value, rule, prepared.timestamp_prefixes, [&](std::string_view item) {
        outcome->timestamp = item;
        present = true;
        return false;
    });
    if (!present || parse_timestamp(outcome->timestamp, rule.unit, unix_ms)) return true;
    *outcome = {Verdict::malformed, "unreadable timestamp", outcome->timestamp};
    return false;
}

/// Reads a timestamp in the body, which must be there.
bool Verifier::Impl::read_body_timestamp(Evaluation* evaluation, std::int64_t* unix_ms,
                                         Outcome* outcome) const {
    if (!read_timestamp(evaluation, unix_ms, outcome) || failed(*evaluation, outcome)) return false;
    if (outcome->timestamp.data() != nullptr) return true;
    *outcome = {Verdict::no_signature, "no timestamp", {}};
    return false;
}

/// Checks signature or credential, not the timestamp's age; `outcome` says why it is not authentic.
bool Verifier::Impl::authentic(Evaluation* evaluation, std::int64_t* unix_ms, Outcome* outcome) const {
    const SignatureCheck signatures(prepared);
    Candidates candidates;
    bool credential = false;
    const bool has_signature = signatures.collect(evaluation, &candidates, &credential);
    if (failed(*evaluation, outcome)) return false;
    if (!has_signature) {
        *outcome = {Verdict::no_signature, "no signature", outcome->timestamp};
        return false;
    }
    const bool early = timestamp_in_body() && !scheme().late_timestamp;
    if (early && !read_body_timestamp(evaluation, unix_ms, outcome)) return false;
    const std::string_view ts = outcome->timestamp;
    if (scheme().timestamp && !scheme().late_timestamp && ts.data() == nullptr) {
        *outcome = {Verdict::no_signature, "no timestamp", ts};
        return false;
    }
    if (scheme().algorithm == Algorithm::token || scheme().algorithm == Algorithm::basic) {
        if (!credential) *outcome = {Verdict::forged, "wrong credential", ts};
        return credential;
    }
    if (!only_signature_follows(scheme(), evaluation->request())) {
        *outcome = {Verdict::forged, "a parameter follows the signed ones", ts};
        return false;
    }
    if (!signatures.is_signed(candidates, evaluation, outcome)) return false;
    if (scheme().digest && !signatures.digest_matches(evaluation)) {
        *outcome = {Verdict::forged, "the body does not match its signed digest", ts};
        return false;
    }
    return true;
}

/// Every element has its own signature, and all must be right.
bool Verifier::Impl::authentic_batch(Evaluation* evaluation, std::int64_t* unix_ms, Outcome* outcome) const {
    const std::size_t elements = evaluation->elements();
    if (failed(*evaluation, outcome)) return false;
    if (elements == 0) *outcome = {Verdict::no_signature, "no signed item", {}};
    for (std::size_t i = 0; i < elements; ++i) {
        evaluation->select(i);
        if (!authentic(evaluation, unix_ms, outcome)) return false;
    }
    return elements > 0;
}

Outcome Verifier::Impl::check(const event::Request& request, std::int64_t now_ms) const {
    Outcome outcome;
    if (scheme().algorithm == Algorithm::none) return {Verdict::genuine, "", {}};
    Evaluation evaluation(request, &scheme().body, json_max);
    std::int64_t unix_ms = 0;
    if (doubled(&evaluation, &outcome)) return outcome;
    if (scheme().refuses_body && request.body.size != 0)
        return {Verdict::malformed, "a body, where only the query is signed", {}};
    if (code != nullptr) {
        outcome = code({prepared, &evaluation, now_ms, window});
        // cppcheck-suppress returnDanglingLifetime ; what an outcome points at lies in the request
        return outcome;
    }
    if (scheme().timestamp && !timestamp_in_body() && !read_timestamp(&evaluation, &unix_ms, &outcome))
        return outcome;
    const bool good = scheme().body.repeats() ? authentic_batch(&evaluation, &unix_ms, &outcome)
                                              : authentic(&evaluation, &unix_ms, &outcome);
    if (!good) return outcome;
    if (scheme().late_timestamp && !read_body_timestamp(&evaluation, &unix_ms, &outcome)) return outcome;
    outcome.verdict = Verdict::genuine;
    const char* why = scheme().timestamp ? window.why_stale(unix_ms, now_ms) : nullptr;
    if (why == nullptr) return outcome;
    outcome.verdict = Verdict::stale;
    outcome.reason = why;
    return outcome;
}

Verifier::Verifier(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Verifier::~Verifier() = default;

std::unique_ptr<Verifier> Verifier::make(const Scheme& scheme, const VerifierOptions& options,
                                         std::string* error) {
    auto impl = std::make_unique<Impl>();
    if (!prepare(scheme, options.secrets, options.secret_names, options.params, KeyUse::verify,
                 &impl->prepared, error)) {
        return nullptr;
    }
    impl->code = code_check(scheme.algorithm);
    if (!Challenges::make(scheme, options.params, &impl->challenges, error)) return nullptr;
    constexpr std::int64_t longest = 10LL * 366 * 86400;
    if (options.tolerance_seconds &&
        (*options.tolerance_seconds < 0 || *options.tolerance_seconds > longest)) {
        *error = "tolerance out of range";
        return nullptr;
    }
    impl->json_max = options.json_max;
    impl->window = window_of(scheme, options);
    return std::unique_ptr<Verifier>(new Verifier(std::move(impl)));
}

Outcome Verifier::check(const event::Request& request, std::int64_t now_ms) const noexcept {
    try {
        Outcome outcome = impl_->check(request, now_ms);
        const auto& rule = impl_->scheme().timestamp;
        if (rule && !outlives_check(request, rule->from.front(), outcome.timestamp)) outcome.timestamp = {};
        return outcome;
    } catch (...) {
        return {Verdict::forged, "out of memory", {}};
    }
}

const std::string& Verifier::weakness() const {
    return impl_->prepared.weakness;
}

const std::string& Verifier::missing_param() const {
    return impl_->challenges.missing_param();
}

bool Verifier::judge_challenge(Stage stage, const event::Request& request, Outcome* outcome,
                               Reply* reply) const noexcept {
    try {
        // A scheme that answers HMACs makes one key of each secret.
        const auto& keys = impl_->prepared.keys;
        const bool has_hmac = outcome->key < keys.size() && keys[outcome->key].hmac;
        const HmacKey* key = has_hmac ? &*keys[outcome->key].hmac : nullptr;
        return impl_->challenges.judge(stage, request, key, outcome, reply);
    } catch (...) {
        *outcome = {Verdict::forged, "out of memory", {}};
        return true;
    }
}

bool Verifier::verifies_method(std::string_view method) const {
    return delivers_by(impl_->scheme(), method) || impl_->challenges.takes(Stage::verified, method);
}

const Scheme& Verifier::scheme() const {
    return impl_->scheme();
}

}  // namespace webhook::signature
