#include "signature/verifier.hpp"

#include <utility>

#include "event/json.hpp"
#include "event/urlencoded.hpp"
#include "signature/evaluation.hpp"

namespace webhook::signature {

namespace {

using event::Source;

/// Decoded signatures of a request; undecodable ones and those of another length take a place but match
/// nothing.
struct Candidates {
    std::array<event::Digest, max_signatures> digest;
    std::size_t decoded = 0;
    std::size_t seen = 0;
};

/// The timestamp in a JSON body.
class BodyTimestamp : public event::JsonSink {
  public:
    std::uint64_t found(int /*pointer*/, std::string_view value) override {
        text.assign(value.substr(0, 64));
        in_place = value;
        present = true;
        return 0;
    }
    std::string text;
    std::string_view in_place;
    bool present = false;
};

bool lies_in(const event::BodyView& body, std::string_view text) {
    for (const std::string_view chunk : body) {
        if (text.data() >= chunk.data() && text.data() + text.size() <= chunk.data() + chunk.size())
            return true;
    }
    return false;
}

bool is_compressed(Evaluation* evaluation) {
    static const std::string name = "content-encoding";
    const event::Request::Header encoding = evaluation->header(name);
    return encoding.count > 0 && !encoding.value.empty() && encoding.value != "identity";
}

}  // namespace

struct Verifier::Impl {
    Prepared prepared;
    bool check_window = true;
    std::int64_t past_ms = 0, future_ms = 0;
    std::size_t json_max = 0;
    event::PointerSet timestamp_pointer;

    const Scheme& scheme() const { return *prepared.scheme; }
    bool timestamp_in_body() const {
        return scheme().timestamp && scheme().timestamp->from.front().kind == Source::Kind::json;
    }

    Outcome check(const event::Request& request, std::int64_t now_ms) const;

  private:
    bool doubled(Evaluation* evaluation, Outcome* outcome) const;
    bool read_timestamp(Evaluation* evaluation, std::int64_t* unix_ms, bool* present, Outcome* outcome) const;
    bool collect(Evaluation* evaluation, Candidates* candidates, bool* credential) const;
    bool matches_credential(std::string_view item) const;
    bool matches(const Message& message, const Candidates& candidates, const event::BodyView& body) const;
    bool digest_matches(Evaluation* evaluation) const;
    bool read_body_timestamp(Evaluation* evaluation, std::int64_t* unix_ms, Outcome* outcome) const;
    bool authentic(Evaluation* evaluation, Outcome* outcome) const;
};

bool Verifier::Impl::doubled(Evaluation* evaluation, Outcome* outcome) const {
    for (const std::string& name : scheme().single_headers) {
        if (evaluation->header(name).count > 1) {
            *outcome = {Verdict::malformed, "a header that must be there once was sent twice", {}};
            return true;
        }
    }
    for (const std::string& name : scheme().single_params) {
        if (event::find_param(evaluation->request().query, name).count > 1) {
            *outcome = {Verdict::malformed, "a query parameter that must be there once was sent twice", {}};
            return true;
        }
    }
    return false;
}

/// False when there is a timestamp that cannot be read.
bool Verifier::Impl::read_timestamp(Evaluation* evaluation, std::int64_t* unix_ms, bool* present,
                                    Outcome* outcome) const {
    const TimestampRule& rule = *scheme().timestamp;
    std::string_view value;
    if (!evaluation->read(rule.from.front(), &value)) return true;
    if (value.data() == nullptr) value = "";
    each_item(value, rule, prepared.timestamp_prefix, [&](std::string_view item) {
        outcome->timestamp = item;
        *present = true;
        return false;
    });
    if (!*present || parse_timestamp(outcome->timestamp, rule.unit, unix_ms)) return true;
    *outcome = {Verdict::malformed, "unreadable timestamp", outcome->timestamp};
    return false;
}

bool Verifier::Impl::matches_credential(std::string_view item) const {
    const event::Digest hash = hash_credential(item);
    bool match = false;
    for (const PreparedKey& key : prepared.keys)
        match |= equal(hash.view(), key.credential_hash.view());
    return match;
}

/// Gathers the request's signatures (of tokens only whether one matches); false when there is none.
bool Verifier::Impl::collect(Evaluation* evaluation, Candidates* candidates, bool* credential) const {
    const SignatureRule& rule = scheme().signature;
    const bool is_hashed = scheme().algorithm == Algorithm::hmac || scheme().algorithm == Algorithm::hash;
    const std::size_t size = event::digest_size(scheme().hash);
    for (const Source& source : rule.from) {
        std::string_view value;
        if (!evaluation->read(source, &value)) continue;
        if (value.data() == nullptr) value = "";
        each_item(value, rule, prepared.signature_prefix, [&](std::string_view item) {
            if (candidates->seen == max_signatures) return false;
            ++candidates->seen;
            if (!is_hashed) {
                *credential |= matches_credential(item);
                return true;
            }
            event::Digest& digest = candidates->digest[candidates->decoded];
            const long decoded = decode_into(item, rule.encoding, digest.bytes.data(), digest.bytes.size());
            if (decoded < 0 || static_cast<std::size_t>(decoded) != size) return true;
            digest.size = size;
            ++candidates->decoded;
            return true;
        });
    }
    return candidates->seen > 0;
}

bool Verifier::Impl::matches(const Message& message, const Candidates& candidates,
                             const event::BodyView& body) const {
    if (candidates.decoded == 0) return false;
    for (const PreparedKey& key : prepared.keys) {
        const event::Digest wanted = message.digest(scheme(), key, body);
        bool match = false;
        for (std::size_t i = 0; i < candidates.decoded; ++i) {
            match |= equal(wanted.view(), candidates.digest[i].view());
        }
        if (match) return true;
    }
    return false;
}

bool Verifier::Impl::digest_matches(Evaluation* evaluation) const {
    const DigestRule& rule = *scheme().digest;
    std::string_view text;
    event::Digest given;
    if (!evaluation->read(rule.from, &text)) return false;
    const long size = decode_into(text, rule.encoding, given.bytes.data(), given.bytes.size());
    if (size <= 0) return false;
    given.size = static_cast<std::size_t>(size);
    event::HashState state(rule.hash);
    for (const std::string_view chunk : evaluation->request().body)
        state.update(chunk);
    return equal(state.finish().view(), given.view());
}

bool Verifier::Impl::read_body_timestamp(Evaluation* evaluation, std::int64_t* unix_ms,
                                         Outcome* outcome) const {
    const event::BodyView& body = evaluation->request().body;
    BodyTimestamp timestamp;
    if (is_compressed(evaluation)) {
        *outcome = {Verdict::encoded, "the body is compressed and must be parsed", {}};
    } else if (body.size > json_max) {
        *outcome = {Verdict::too_large, "the body is too large to be parsed", {}};
    } else if (!scan_json(timestamp_pointer, body, 1, &timestamp)) {
        *outcome = {Verdict::malformed, "the body is not JSON", {}};
    } else if (!timestamp.present) {
        *outcome = {Verdict::no_signature, "no timestamp", {}};
    } else if (!parse_timestamp(timestamp.text, scheme().timestamp->unit, unix_ms)) {
        *outcome = {Verdict::malformed, "unreadable timestamp", {}};
    } else {
        if (lies_in(body, timestamp.in_place)) outcome->timestamp = timestamp.in_place;
        return true;
    }
    return false;
}

/// Whether signature or credential are right; `outcome` says why not. Leaves the timestamp's age aside.
bool Verifier::Impl::authentic(Evaluation* evaluation, Outcome* outcome) const {
    Candidates candidates;
    bool credential = false;
    const std::string_view ts = outcome->timestamp;
    const bool has_timestamp = !scheme().timestamp || timestamp_in_body() || ts.data() != nullptr;
    if (!collect(evaluation, &candidates, &credential)) {
        *outcome = {Verdict::no_signature, "no signature", ts};
        return false;
    }
    if (!has_timestamp) {
        *outcome = {Verdict::no_signature, "no timestamp", ts};
        return false;
    }
    if (scheme().algorithm == Algorithm::token || scheme().algorithm == Algorithm::basic) {
        if (!credential) *outcome = {Verdict::forged, "wrong credential", ts};
        return credential;
    }
    Message message;
    if (message.resolve(prepared.message, ts, evaluation) != Message::Error::none) {
        *outcome = {Verdict::no_signature, "no signed header", ts};
        return false;
    }
    if (!matches(message, candidates, evaluation->request().body)) {
        const char* why = candidates.decoded == 0 ? "undecodable signature" : "signature does not match";
        *outcome = {Verdict::forged, why, ts};
        return false;
    }
    if (scheme().digest && !digest_matches(evaluation)) {
        *outcome = {Verdict::forged, "the body does not match its signed digest", ts};
        return false;
    }
    return true;
}

Outcome Verifier::Impl::check(const event::Request& request, std::int64_t now_ms) const {
    Outcome outcome;
    if (scheme().algorithm == Algorithm::none) return {Verdict::genuine, "", {}};
    Evaluation evaluation(request);
    std::int64_t unix_ms = 0;
    bool present = false;
    if (doubled(&evaluation, &outcome)) return outcome;
    const bool in_body = timestamp_in_body();
    if (scheme().timestamp && !in_body && !read_timestamp(&evaluation, &unix_ms, &present, &outcome))
        return outcome;
    if (!authentic(&evaluation, &outcome)) return outcome;
    if (in_body && !read_body_timestamp(&evaluation, &unix_ms, &outcome)) return outcome;
    outcome.verdict = Verdict::genuine;
    if (!scheme().timestamp || !check_window) return outcome;
    if (now_ms - unix_ms > past_ms) {
        outcome.verdict = Verdict::stale;
        outcome.reason = "timestamp too old";
    } else if (unix_ms - now_ms > future_ms) {
        outcome.verdict = Verdict::stale;
        outcome.reason = "timestamp in the future";
    }
    return outcome;
}

Verifier::Verifier(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Verifier::~Verifier() = default;

std::unique_ptr<Verifier> Verifier::make(const Scheme& scheme, const VerifierOptions& options,
                                         std::string* error) {
    auto impl = std::make_unique<Impl>();
    if (!prepare(scheme, options.secrets, options.params, &impl->prepared, error)) return nullptr;
    constexpr std::int64_t longest = 10LL * 366 * 86400;
    if (options.tolerance_seconds &&
        (*options.tolerance_seconds < 0 || *options.tolerance_seconds > longest)) {
        *error = "tolerance out of range";
        return nullptr;
    }
    impl->check_window = options.check_window;
    impl->json_max = options.json_max;
    if (scheme.timestamp) {
        impl->past_ms = options.tolerance_seconds.value_or(scheme.timestamp->past) * 1000;
        impl->future_ms = options.tolerance_seconds.value_or(scheme.timestamp->future) * 1000;
        if (impl->timestamp_in_body()) impl->timestamp_pointer.add(scheme.timestamp->from.front().pointer);
    }
    return std::unique_ptr<Verifier>(new Verifier(std::move(impl)));
}

Outcome Verifier::check(const event::Request& request, std::int64_t now_ms) const noexcept {
    try {
        Outcome outcome = impl_->check(request, now_ms);
        // A timestamp that had to be decoded from the query lived only as long as the check.
        const bool in_query =
            impl_->scheme().timestamp && impl_->scheme().timestamp->from.front().kind == Source::Kind::query;
        if (in_query && !lies_in({&request.query, 1, request.query.size()}, outcome.timestamp))
            outcome.timestamp = {};
        return outcome;
    } catch (...) {
        return {Verdict::forged, "out of memory", {}};
    }
}

const Scheme& Verifier::scheme() const {
    return impl_->scheme();
}

}  // namespace webhook::signature
