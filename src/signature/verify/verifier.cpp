#include "signature/verify/verifier.hpp"

#include <algorithm>
#include <utility>

#include "base/urlencoded.hpp"
#include "signature/verify/algorithm.hpp"
#include "signature/verify/evaluation.hpp"
#include "signature/verify/signed_query.hpp"
#include "signature/verify/url_variants.hpp"

namespace webhook::signature {

namespace {

using event::Source;

/// Decoded signatures of a request; undecodable ones and those of another length take a place but match
/// nothing.
struct Candidates {
    std::array<base::Digest, max_signatures> digest;
    std::array<std::string_view, max_signatures> text;  ///< of public keys, not decoded
    std::size_t decoded = 0;
    std::size_t seen = 0;
};

/// True when the view is still good after the check: values that had to be decoded or put together are not.
bool outlives_check(const event::Request& request, const Source& source, std::string_view text) {
    if (source.kind == Source::Kind::header) return true;
    if (source.needs_body()) return lies_in(request.body, text);
    return lies_in({&request.query, 1, request.query.size()}, text);
}

/// True when the body cannot be relied on; `outcome` says why.
bool failed(const Evaluation& evaluation, Outcome* outcome) {
    if (!evaluation.has_problem()) return false;
    *outcome = {evaluation.problem().verdict, evaluation.problem().reason, {}};
    return true;
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
    bool collect(Evaluation* evaluation, Candidates* candidates, bool* credential) const;
    bool matches_credential(std::string_view item) const;
    bool matches(const Message& message, const Candidates& candidates, const base::BodyView& body,
                 Outcome* outcome) const;
    bool is_signed_for_strangers(const Message& message, const base::BodyView& body) const;
    bool matches_other_url(const event::Template& text, const Candidates& candidates, Evaluation* evaluation,
                           Outcome* outcome) const;
    bool matches_public(const Message& message, const Candidates& candidates, Evaluation* evaluation,
                        std::optional<std::size_t>* budget) const;
    bool is_signed(const Candidates& candidates, Evaluation* evaluation, Outcome* outcome) const;
    const char* why_forged(const Candidates& candidates, Evaluation* evaluation) const;
    bool digest_matches(Evaluation* evaluation) const;
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

bool Verifier::Impl::matches_credential(std::string_view item) const {
    const base::Digest hash = hash_credential(item);
    bool match = false;
    for (const PreparedKey& key : prepared.keys)
        match |= equal(hash.view(), key.credential_hash.view());
    return match;
}

/// Gathers the request's signatures (of tokens only whether one matches); false when there is none.
bool Verifier::Impl::collect(Evaluation* evaluation, Candidates* candidates, bool* credential) const {
    const SignatureRule& rule = scheme().signature;
    const bool is_hashed = scheme().algorithm == Algorithm::hmac || scheme().algorithm == Algorithm::hash;
    const std::size_t size = base::digest_size(scheme().hash);
    for (const Source& source : rule.from) {
        std::string_view value;
        if (!evaluation->read(source, &value)) continue;
        if (value.data() == nullptr) value = "";
        each_item(value, rule, prepared.signature_prefixes, [&](std::string_view item) {
            if (candidates->seen == max_signatures) return false;
            if (scheme().public_keys) {
                candidates->text[candidates->seen++] = item;
                return true;
            }
            ++candidates->seen;
            if (!is_hashed) {
                *credential |= matches_credential(item);
                return true;
            }
            base::Digest& digest = candidates->digest[candidates->decoded];
            const long decoded =
                base::decode_into(item, rule.encoding, digest.bytes.data(), digest.bytes.size());
            if (decoded < 0 || static_cast<std::size_t>(decoded) != size) return true;
            digest.size = size;
            ++candidates->decoded;
            return true;
        });
    }
    return candidates->seen > 0;
}

bool Verifier::Impl::matches(const Message& message, const Candidates& candidates, const base::BodyView& body,
                             Outcome* outcome) const {
    if (candidates.decoded == 0 || is_signed_for_strangers(message, body)) return false;
    for (std::size_t at = 0; at < prepared.keys.size(); ++at) {
        const PreparedKey& key = prepared.keys[at];
        outcome->key = key.number;
        const base::Digest wanted = message.digest(scheme(), key, body);
        bool match = false;
        for (std::size_t i = 0; i < candidates.decoded; ++i) {
            match |= equal(wanted.view(), candidates.digest[i].view());
        }
        if (match) return true;
    }
    return false;
}

/// For senders that sign another spelling of the URL than comes, see url_variants().
bool Verifier::Impl::matches_other_url(const event::Template& text, const Candidates& candidates,
                                       Evaluation* evaluation, Outcome* outcome) const {
    const std::string_view url = evaluation->request().url, ts = outcome->timestamp;
    const std::vector<std::string> variants = url_variants(url);
    for (std::size_t i = 0; i < variants.size() && outcome->url == 0; ++i) {
        if (variants[i] == url) continue;
        evaluation->set_url(variants[i]);
        Message message;
        message.resolve(text, ts, evaluation);
        if (matches(message, candidates, evaluation->request().body, outcome))
            outcome->url = static_cast<std::uint8_t>(i + 1);
    }
    evaluation->set_url(url);
    return outcome->url != 0;
}

/// `budget`: checks that are left for this request.
bool Verifier::Impl::matches_public(const Message& message, const Candidates& candidates,
                                    Evaluation* evaluation, std::optional<std::size_t>* budget) const {
    const PublicAlgorithm algorithm = *scheme().public_algorithm;
    const base::BodyView& body = evaluation->request().body;
    const std::optional<base::Hash> hash = hash_of(algorithm);
    std::string_view id;
    if (scheme().key_id) evaluation->read(*scheme().key_id, &id);
    const std::string whole = hash ? std::string() : message.text(body);
    const base::Digest digest = hash ? message.digest(*hash, body) : base::Digest{};
    const std::string_view input = hash ? digest.view() : std::string_view(whole);
    if (!*budget) *budget = checks_for(input);
    std::array<unsigned char, max_public_signature> bytes;
    return std::any_of(
        candidates.text.begin(), candidates.text.begin() + candidates.seen, [&](std::string_view item) {
            const long size =
                base::decode_into(item, scheme().signature.encoding, bytes.data(), bytes.size());
            if (size <= 0) return false;
            const std::string_view signature(reinterpret_cast<const char*>(bytes.data()),
                                             static_cast<std::size_t>(size));
            return verify_any(prepared.public_keys, id, algorithm, input, signature, &**budget);
        });
}

const char* Verifier::Impl::why_forged(const Candidates& candidates, Evaluation* evaluation) const {
    if (!scheme().public_keys)
        return candidates.decoded == 0 ? "undecodable signature" : "signature does not match";
    std::string_view id;
    if (scheme().key_id) evaluation->read(*scheme().key_id, &id);
    return why_none_verified(prepared.public_keys, id);
}

/// A handshake computes the HMAC of what a caller chose: such a text is never taken for a signed message.
bool Verifier::Impl::is_signed_for_strangers(const Message& message, const base::BodyView& body) const {
    return std::any_of(scheme().signed_echoes.begin(), scheme().signed_echoes.end(),
                       [&](const Pattern& pattern) { return message.looks_like(pattern, body); });
}

bool Verifier::Impl::digest_matches(Evaluation* evaluation) const {
    const DigestRule& rule = *scheme().digest;
    std::string_view text;
    base::Digest given;
    if (!evaluation->read(rule.from, &text)) return false;
    const long size = base::decode_into(text, rule.encoding, given.bytes.data(), given.bytes.size());
    if (size <= 0) return false;
    given.size = static_cast<std::size_t>(size);
    return equal(base::digest_of(rule.hash, evaluation->request().body).view(), given.view());
}

/// The same for one in the body, which must be there.
bool Verifier::Impl::read_body_timestamp(Evaluation* evaluation, std::int64_t* unix_ms,
                                         Outcome* outcome) const {
    if (!read_timestamp(evaluation, unix_ms, outcome) || failed(*evaluation, outcome)) return false;
    if (outcome->timestamp.data() != nullptr) return true;
    *outcome = {Verdict::no_signature, "no timestamp", {}};
    return false;
}

/// Whether one of the signatures is of one of the messages that the sender may have signed; `outcome` says
/// why not.
bool Verifier::Impl::is_signed(const Candidates& candidates, Evaluation* evaluation, Outcome* outcome) const {
    const std::string_view ts = outcome->timestamp;
    const base::BodyView& body = evaluation->request().body;
    std::optional<std::size_t> budget;
    bool any = false;
    for (std::size_t i = 0; i < prepared.messages.size(); ++i) {
        const PreparedMessage& rule = prepared.messages[i];
        Message message;
        const Message::Error resolved = message.resolve(rule.text, ts, evaluation);
        // A body that cannot be read as another message wants it was not signed by that one.
        if (any && evaluation->has_problem()) break;
        if (failed(*evaluation, outcome)) return false;
        if (resolved != Message::Error::none) continue;
        any = true;
        const bool match = scheme().public_keys
                               ? matches_public(message, candidates, evaluation, &budget)
                               : matches(message, candidates, body, outcome) ||
                                     (scheme().url_variants &&
                                      matches_other_url(rule.text, candidates, evaluation, outcome));
        if (!match) continue;
        outcome->message = static_cast<std::uint8_t>(i);
        const char* flaw = message.flaw(scheme(), rule, body);
        if (flaw != nullptr) *outcome = {Verdict::forged, flaw, ts};
        return flaw == nullptr;
    }
    *outcome = any ? Outcome{Verdict::forged, why_forged(candidates, evaluation), ts}
                   : Outcome{Verdict::no_signature, "no signed header", ts};
    return false;
}

/// Whether signature or credential are right; `outcome` says why not. Leaves the timestamp's age aside.
bool Verifier::Impl::authentic(Evaluation* evaluation, std::int64_t* unix_ms, Outcome* outcome) const {
    Candidates candidates;
    bool credential = false;
    const bool has_signature = collect(evaluation, &candidates, &credential);
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
        *outcome = {Verdict::forged, "a parameter stands behind the signed ones", ts};
        return false;
    }
    if (!is_signed(candidates, evaluation, outcome)) return false;
    if (scheme().digest && !digest_matches(evaluation)) {
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
