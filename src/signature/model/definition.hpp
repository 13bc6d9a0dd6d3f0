#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/json_cut.hpp"
#include "event/source.hpp"
#include "event/template.hpp"
#include "signature/model/timestamp.hpp"

namespace webhook::signature {

/// Algorithms. `hash`: a plain hash over a message that holds the secret; `public_key`: a signature of
/// the message. The last four have rules of their own instead of a message (verify/algorithm.hpp).
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

/// Rules that make a key of a configured secret. whsec: "whsec_" removed, then base64; nfkd: Unicode NFKD of
/// the text. Of public keys: pem, spki (base64 of a SubjectPublicKeyInfo), whpk ("whpk_" taken off, then
/// base64), jwk, and hex and base64 (32 bytes of Ed25519); PEM and JSON are taken whatever the rule says
/// (key_set.hpp).
enum class KeyRule : std::uint8_t { utf8, whsec, base64, hex, sha1, nfkd, pem, spki, whpk, jwk };

/// Most prefixes, messages and key rules that one definition may offer to choose from.
inline constexpr std::size_t max_choices = 4;

/// Finds text items: read the sources, split, keep those with one of the prefixes and remove it.
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

/// A claim that a JWT must hold: one of `values`, or any value where there are none.
struct ClaimRule {
    std::string name;
    std::vector<event::Template> values;  ///< literals and {config:NAME} only
};

/// The part of a request that is its content, see verify/content.hpp.
enum class Content : std::uint8_t { body, parts, covered, request, claims };

/// The thing that an id names: an event, kept by retries and never used twice; a thing (an order, a
/// transfer), of which there are several events; an attempt, of which an event has several.
enum class Names : std::uint8_t { event, thing, attempt };

/// Facts about a sender's ids and retries.
struct IdentityRule {
    Names names = Names::thing;
    bool vouched = false;  ///< the token vouches for the id as a signature would
    bool signed_content =
        false;                ///< what is signed identifies the event, although it is not all of the request
    bool repeats = false;     ///< honest requests repeat, and a retry looks like a new event
    base::Pointers left_out;  ///< of a JSON body: what a retry changes
};

/// The response that the provider expects when an event was accepted: `body` is a template of {query:NAME}
/// and {header:NAME}.
struct Acknowledgement {
    unsigned status = 200;    ///< 2xx
    std::string type, body;   ///< both empty: any body will do
    bool has_values = false;  ///< `body` holds some
};

/// Items of one request that are looked at, at most (a cap against lists made to cost time).
inline constexpr std::size_t max_signatures = 16;

/// The shortest window of a scheme that does not say `exact`: senders and receivers that retry need that
/// much.
inline constexpr std::int64_t min_window = 300;

}  // namespace webhook::signature
