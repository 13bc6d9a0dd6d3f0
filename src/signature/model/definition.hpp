#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/json_cut.hpp"
#include "event/identity.hpp"
#include "event/source.hpp"
#include "event/template.hpp"
#include "signature/keys/public_key.hpp"
#include "signature/model/body_plan.hpp"
#include "signature/model/challenge_rule.hpp"
#include "signature/model/scheme.hpp"
#include "signature/model/timestamp.hpp"

namespace webhook::signature {

/// What is computed. `hash`: a plain hash over a message that holds the secret; `public_key`: a signature of
/// the message. The last four have rules of their own instead of a message (code_check.hpp).
enum class Algorithm : std::uint8_t {
    none,
    token,
    basic,
    hash,
    hmac,
    public_key,
    jwt,
    aws_sns,
    contentful,
    http_signature
};

/// How a configured secret becomes a key. whsec: "whsec_" taken off, then base64; nfkd: Unicode NFKD of the
/// text. Of public keys: pem, spki (base64 of a SubjectPublicKeyInfo), whpk ("whpk_" taken off, then base64),
/// jwk, and hex and base64 (32 bytes of Ed25519); PEM and JSON are taken whatever the rule says
/// (key_set.hpp).
enum class KeyRule : std::uint8_t { utf8, whsec, base64, hex, sha1, nfkd, pem, spki, whpk, jwk };

/// Most prefixes, messages and key rules that one definition may offer to choose from.
inline constexpr std::size_t max_choices = 4;

/// How text items are found: read the sources, split, keep those with one of the prefixes and take it off.
/// Blanks around the items of a list do not count.
struct Items {
    std::vector<event::Source> from;
    std::string split;  ///< empty: the whole value; one character: exactly that; several: any run of them
    bool trim =
        false;  ///< the same of blanks around a value that is no list; of a list: the sender writes them
    std::size_t skip = 0;                   ///< items left out at the front
    std::size_t take = 0;                   ///< items used at most after that; 0: all
    std::vector<event::Template> prefixes;  ///< literals and {config:NAME} only; none: all items are kept
    /// Derived: the prefix is an authentication scheme, in which case does not count (RFC 9110 section 11.1).
    bool any_case = false;
};

struct SignatureRule : Items {
    base::Encoding encoding = base::Encoding::none;
};

struct TimestampRule : Items {
    Unit unit = Unit::seconds;
    std::int64_t past = 300, future = 300;  ///< seconds
};

/// A hash of the body that the signed text carries.
struct DigestRule {
    event::Source from;
    base::Hash hash = base::Hash::sha256;
    base::Encoding encoding = base::Encoding::hex;
};

/// What a claim of a JWT must be: one of `values`, or anything where there are none.
struct ClaimRule {
    std::string name;
    std::vector<event::Template> values;  ///< literals and {config:NAME} only
};

/// What makes the content of a request, see identity.hpp.
enum class Content : std::uint8_t { body, parts, covered, request, claims };

/// What is known of a sender's ids and retries.
struct IdentityRule {
    Names names = Names::thing;
    bool vouched = false;  ///< the token vouches for the id as a signature would
    bool signed_content =
        false;                ///< what is signed identifies the event, although it is not all of the request
    bool repeats = false;     ///< honest requests repeat, and nothing tells a retry from a new event
    base::Pointers left_out;  ///< of a JSON body: what a retry changes
};

struct Scheme {
    std::string name;
    Algorithm algorithm = Algorithm::none;
    base::Hash hash = base::Hash::sha256;
    KeyRule key = KeyRule::utf8;
    std::vector<KeyRule> other_keys;  ///< of shared secrets: each that decodes one makes another key of it
    /// Of public_key and jwt; absent: a shared secret (HMAC), or whatever kind the key is (http_signature).
    std::optional<PublicAlgorithm> public_algorithm;
    bool public_keys = false;             ///< the secrets are public keys, or sets of them
    std::optional<event::Source> key_id;  ///< what names the key
    SignatureRule signature;
    std::optional<TimestampRule> timestamp;
    event::Template message;
    bool any_bracket = false;          ///< one of the message's brackets must be there
    std::optional<Pattern> beginning;  ///< class of the character that every message begins with
    /// The same definition with each of the other messages that may be signed in place of this one.
    std::vector<std::shared_ptr<const Scheme>> alternatives;
    std::optional<DigestRule> digest;
    std::vector<ClaimRule> claims;  ///< of a JWT
    std::vector<std::vector<std::string>>
        covers;  ///< components that must be signed (RFC 9421), each one of several
    std::vector<std::string> id, type, tenant;
    IdentityRule identity;
    std::optional<Acknowledgement> ack;
    bool unsigned_body = false;
    bool unsigned_id = false;        ///< says that the id is not signed, where little else is
    bool postback = false;           ///< the data is the query
    bool url_variants = false;       ///< the URL may have been signed with or without the default port
    std::vector<std::string> batch;  ///< pointer to an array whose every element is signed; empty: no batch
    std::vector<ChallengeRule> challenges;  ///< the first that applies is answered
    bool empty_answers = false;             ///< the sender wants no body in any answer

    // Derived from the above.
    event::By by = event::By::both;  ///< what tells events apart, unless the user says otherwise
    Content content = Content::request;
    BodyPlan body;  ///< what signature, timestamp, digest and message read of the body
    bool late_timestamp =
        false;  ///< it stands in the body, which is signed as a whole: read when that is verified
    bool reads_url = false;
    bool refuses_body = false;  ///< only the query is signed
    std::vector<std::string> secret_params, secret_headers;
    std::string methods;                 ///< for `Allow`
    std::vector<Pattern> signed_echoes;  ///< what a challenge computes the HMAC of: no message may look so
    std::vector<std::string> single_headers, single_params;  ///< what must not be there twice
};

/// Items of one request that are looked at, at most (a cap against lists made to cost time).
inline constexpr std::size_t max_signatures = 16;

/// The shortest window of a scheme that does not say `exact`: senders and receivers behind retries need that
/// much.
inline constexpr std::int64_t min_window = 300;

}  // namespace webhook::signature
