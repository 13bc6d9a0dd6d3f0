#include "signature/verify/signature_check.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/encoding.hpp"
#include "signature/verify/url_variants.hpp"

namespace webhook::signature {

using event::Source;

bool failed(const Evaluation& evaluation, Outcome* outcome) {
    if (!evaluation.has_problem()) return false;
    *outcome = {evaluation.problem().verdict, evaluation.problem().reason, {}};
    return true;
}

bool SignatureCheck::collect(Evaluation* evaluation, Candidates* candidates, bool* credential) const {
    const SignatureRule& rule = scheme_.signature;
    const bool is_hashed = scheme_.algorithm == Algorithm::hmac || scheme_.algorithm == Algorithm::hash;
    const std::size_t size = base::digest_size(scheme_.hash);
    for (const Source& source : rule.from) {
        std::string_view value;
        if (!evaluation->read(source, &value)) continue;
        if (value.data() == nullptr) value = "";
        each_item(value, rule, prepared_.signature_prefixes, [&](std::string_view item) {
            if (candidates->seen == max_signatures) return false;
            if (scheme_.public_keys) {
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

bool SignatureCheck::matches_credential(std::string_view item) const {
    const base::Digest hash = hash_credential(item);
    bool match = false;
    for (const PreparedKey& key : prepared_.keys)
        match |= equal(hash.view(), key.credential_hash.view());
    return match;
}

/// An answer to a challenge holds the HMAC of what the client chose: such a text is never taken for a
/// message.
bool SignatureCheck::answers_sign(const Message& message, const base::BodyView& body) const {
    return std::any_of(scheme_.signed_echoes.begin(), scheme_.signed_echoes.end(),
                       [&](const Pattern& pattern) { return message.looks_like(pattern, body); });
}

bool SignatureCheck::matches(const Message& message, const Candidates& candidates, const base::BodyView& body,
                             Outcome* outcome) const {
    if (candidates.decoded == 0 || answers_sign(message, body)) return false;
    for (std::size_t at = 0; at < prepared_.keys.size(); ++at) {
        const PreparedKey& key = prepared_.keys[at];
        outcome->key = key.number;
        const base::Digest wanted = message.digest(scheme_, key, body);
        bool match = false;
        for (std::size_t i = 0; i < candidates.decoded; ++i) {
            match |= equal(wanted.view(), candidates.digest[i].view());
        }
        if (match) return true;
    }
    return false;
}

/// Tries other spellings of the URL that the sender may have signed, see url_variants().
bool SignatureCheck::matches_other_url(const event::Template& text, const Candidates& candidates,
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
bool SignatureCheck::matches_public(const Message& message, const Candidates& candidates,
                                    Evaluation* evaluation, std::optional<std::size_t>* budget) const {
    const PublicAlgorithm algorithm = *scheme_.public_algorithm;
    const base::BodyView& body = evaluation->request().body;
    const std::optional<base::Hash> hash = hash_of(algorithm);
    std::string_view id;
    if (scheme_.key_id) evaluation->read(*scheme_.key_id, &id);
    const std::string whole = hash ? std::string() : message.text(body);
    const base::Digest digest = hash ? message.digest(*hash, body) : base::Digest{};
    const std::string_view input = hash ? digest.view() : std::string_view(whole);
    if (!*budget) *budget = checks_for(input);
    std::array<unsigned char, max_public_signature> bytes;
    return std::any_of(
        candidates.text.begin(), candidates.text.begin() + candidates.seen, [&](std::string_view item) {
            const long size = base::decode_into(item, scheme_.signature.encoding, bytes.data(), bytes.size());
            if (size <= 0) return false;
            const std::string_view signature(reinterpret_cast<const char*>(bytes.data()),
                                             static_cast<std::size_t>(size));
            return verify_any(prepared_.public_keys, id, algorithm, input, signature, &**budget);
        });
}

const char* SignatureCheck::why_forged(const Candidates& candidates, Evaluation* evaluation) const {
    if (!scheme_.public_keys)
        return candidates.decoded == 0 ? "undecodable signature" : "signature does not match";
    std::string_view id;
    if (scheme_.key_id) evaluation->read(*scheme_.key_id, &id);
    return why_none_verified(prepared_.public_keys, id);
}

bool SignatureCheck::is_signed(const Candidates& candidates, Evaluation* evaluation, Outcome* outcome) const {
    const std::string_view ts = outcome->timestamp;
    const base::BodyView& body = evaluation->request().body;
    std::optional<std::size_t> budget;
    bool any = false;
    for (std::size_t i = 0; i < prepared_.messages.size(); ++i) {
        const PreparedMessage& rule = prepared_.messages[i];
        Message message;
        const Message::Error resolved = message.resolve(rule.text, ts, evaluation);
        // A body that cannot be read as another message wants it was not signed by that one.
        if (any && evaluation->has_problem()) break;
        if (failed(*evaluation, outcome)) return false;
        if (resolved != Message::Error::none) continue;
        any = true;
        const bool match =
            scheme_.public_keys
                ? matches_public(message, candidates, evaluation, &budget)
                : matches(message, candidates, body, outcome) ||
                      (scheme_.url_variants && matches_other_url(rule.text, candidates, evaluation, outcome));
        if (!match) continue;
        outcome->message = static_cast<std::uint8_t>(i);
        const char* flaw = message.flaw(scheme_, rule, body);
        if (flaw != nullptr) *outcome = {Verdict::forged, flaw, ts};
        return flaw == nullptr;
    }
    *outcome = any ? Outcome{Verdict::forged, why_forged(candidates, evaluation), ts}
                   : Outcome{Verdict::no_signature, "no signed header", ts};
    return false;
}

bool SignatureCheck::digest_matches(Evaluation* evaluation) const {
    const DigestRule& rule = *scheme_.digest;
    std::string_view text;
    base::Digest given;
    if (!evaluation->read(rule.from, &text)) return false;
    const long size = base::decode_into(text, rule.encoding, given.bytes.data(), given.bytes.size());
    if (size <= 0) return false;
    given.size = static_cast<std::size_t>(size);
    return equal(base::digest_of(rule.hash, evaluation->request().body).view(), given.view());
}

}  // namespace webhook::signature
