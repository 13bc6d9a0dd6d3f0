#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "event/identity.hpp"

namespace webhook::signature {

/// A signature scheme: who signs what with which algorithm, and where signature, timestamp, id and type
/// stand. Immutable once parsed. The built-in ones are text in the same language (catalogue.cpp).
struct Scheme;

/// The built-in scheme of that name, or nullptr. Parsed once, at first use.
const Scheme* find_scheme(std::string_view name);

/// Names of all built-in schemes, sorted.
std::vector<std::string_view> scheme_names();

/// The scheme's definition in the scheme language, for `webhookctl schemes NAME`.
std::string_view scheme_text(std::string_view name);

/// The scheme that this is another name of; empty: it has a definition of its own.
std::string_view alias_of(std::string_view name);

/// What is known of a built-in scheme's sender, and where from. Empty: nothing is said.
struct SenderFacts {
    std::string_view source;   ///< documents and packages, with the day they were read
    std::string_view retries;  ///< whether they keep id and body
    std::string_view repeats;  ///< whether honest bodies repeat word for word
};
SenderFacts facts_of(std::string_view name);

/// What an id names: an event, kept by retries and never used twice; a thing (an order, a transfer), of which
/// there are several events; an attempt, of which an event has several.
enum class Names : std::uint8_t { event, thing, attempt };
Names id_names(const Scheme&);
/// What tells events of this sender apart by default.
event::By default_by(const Scheme&);
/// True when the scheme has ids and signs them.
bool has_signed_id(const Scheme&);
/// True when honest requests repeat and nothing tells a retry from a new event: no dedup by default.
bool repeats(const Scheme&);

std::string_view name_of(const Scheme&);
/// Sources that hold the event's id and type, in the language of event/source.hpp; first non-empty wins.
const std::vector<std::string>& id_sources(const Scheme&);
const std::vector<std::string>& type_sources(const Scheme&);
const std::vector<std::string>& tenant_sources(const Scheme&);
/// Methods that events come by: POST, and GET for schemes whose event stands in the query.
bool delivers_by(const Scheme&, std::string_view method);
/// Methods the scheme accepts: those, and the ones of its handshakes.
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
/// What the provider wants to read when an event was taken: `body` is a template of {query:NAME} and
/// {header:NAME}.
struct Acknowledgement {
    unsigned status = 200;    ///< 2xx
    std::string type, body;   ///< both empty: any body will do
    bool has_values = false;  ///< `body` holds some
};
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
/// True when the signature is a part of the body, which a sender has to write together with it.
bool has_signature_in_body(const Scheme&);

}  // namespace webhook::signature
