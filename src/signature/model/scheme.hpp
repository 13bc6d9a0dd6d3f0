#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/identity.hpp"
#include "event/source.hpp"
#include "event/template.hpp"
#include "signature/model/body_plan.hpp"
#include "signature/model/challenge_rule.hpp"
#include "signature/model/definition.hpp"
#include "signature/model/public_algorithm.hpp"

namespace webhook::signature {

/// A signature scheme: the algorithm, the signed message, and where signature, timestamp, id and type are.
/// Immutable once parsed. The built-in ones are text in the same language (catalogue/).
struct Scheme {
    std::string name;
    Algorithm algorithm = Algorithm::none;
    base::Hash hash = base::Hash::sha256;
    KeyRule key = KeyRule::utf8;
    std::vector<KeyRule> other_keys;  ///< of shared secrets: each that decodes one makes another key of it
    /// For public_key and jwt; absent: a shared secret (HMAC), or any kind of key (http_signature).
    std::optional<PublicAlgorithm> public_algorithm;
    bool public_keys = false;             ///< the secrets are public keys, or sets of them
    std::optional<event::Source> key_id;  ///< what names the key
    SignatureRule signature;
    std::optional<TimestampRule> timestamp;
    event::Template message;
    bool any_bracket = false;          ///< one of the message's brackets must be there
    std::optional<Pattern> beginning;  ///< class of the character that every message begins with
    /// This definition with each of the other messages that may be signed instead.
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
    event::By by = event::By::both;  ///< deduplication key, unless the user says otherwise
    Content content = Content::request;
    BodyPlan body;  ///< what signature, timestamp, digest and message read of the body
    bool late_timestamp =
        false;  ///< it is in the body, which is signed as a whole: read when that is verified
    bool reads_url = false;
    bool refuses_body = false;  ///< only the query is signed
    std::vector<std::string> secret_params, secret_headers;
    std::string methods;                 ///< for `Allow`
    std::vector<Pattern> signed_echoes;  ///< what a challenge computes the HMAC of: no message may look so
    std::vector<std::string> single_headers, single_params;  ///< what must not be there twice
};

/// Calls `use(scheme)` for the definition and for each of its alternatives: what holds of one message need
/// not hold of the others.
template <class Use>
void each_choice(const Scheme& scheme, Use use) {
    use(scheme);
    for (const auto& other : scheme.alternatives)
        use(*other);
}

Names id_names(const Scheme&);
/// The default deduplication key of this sender.
event::By default_by(const Scheme&);
/// True when honest requests repeat and a retry looks like a new event: no deduplication by default.
bool repeats(const Scheme&);

std::string_view name_of(const Scheme&);
/// Sources that hold the event's id and type, in the language of event/source.hpp; first non-empty wins.
const std::vector<std::string>& id_sources(const Scheme&);
const std::vector<std::string>& type_sources(const Scheme&);
const std::vector<std::string>& tenant_sources(const Scheme&);
/// Methods that events come by: POST, and GET for schemes whose event is in the query.
bool delivers_by(const Scheme&, std::string_view method);
/// Methods the scheme accepts: those, and the ones of its challenges.
bool accepts_method(const Scheme&, std::string_view method);
/// The `Allow` header for a 405 ("POST" or "GET, POST").
std::string_view allowed_methods(const Scheme&);
/// True for schemes whose data is the query (postbacks): the fall-back id then covers method, query and body.
bool is_query_scheme(const Scheme&);
/// Names of query parameters / request headers (lower case) that carry a secret or a signature and are masked
/// wherever the request is stored or shown.
const std::vector<std::string>& secret_query_params(const Scheme&);
const std::vector<std::string>& secret_headers(const Scheme&);
/// True when the secrets are public keys, certificates or sets of them (for nginx: files that are read again
/// when they change).
bool uses_public_keys(const Scheme&);
/// True when the sender wants no body in any answer.
bool answers_without_body(const Scheme&);
/// nullptr: the provider looks at the status only.
const Acknowledgement* acknowledgement(const Scheme&);

/// Names of the parameters that the scheme asks for ({config:NAME}), sorted; some may be left out.
std::vector<std::string> param_names(const Scheme&);

/// True when the scheme signs the public URL (webhook_url matters).
bool signs_url(const Scheme&);
/// True when the scheme says that it does not sign the body, or only parts of it.
bool has_unsigned_body(const Scheme&);
/// True when the body that is signed must be a form.
bool signs_form(const Scheme&);
/// True when requests bring a token, whose claims are sources of an event's names.
bool has_claims(const Scheme&);
/// True when the tokens of the scheme are in the body.
bool has_token_in_body(const Scheme&);
/// True when the signature is a part of the body, which a sender has to write together with it.
bool has_signature_in_body(const Scheme&);

/// Amazon signs the messages of all topics of all its customers with one key. The parameter lists the topics
/// that are accepted, separated by commas; without it every topic is.
inline constexpr std::string_view sns_topic_param = "topic_arn";
/// True for the messages of Amazon SNS.
bool is_sns(const Scheme& scheme);

}  // namespace webhook::signature
