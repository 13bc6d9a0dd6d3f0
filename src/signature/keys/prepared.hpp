#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/template.hpp"
#include "signature/keys/hmac.hpp"
#include "signature/keys/key_set.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// One configured secret, ready for use.
struct PreparedKey {
    explicit PreparedKey(std::string_view text) : secret(text) {}
    ~PreparedKey();
    PreparedKey(PreparedKey&&) = default;
    PreparedKey& operator=(PreparedKey&&) = default;

    std::string secret;  ///< as configured: the value of {secret}
    std::optional<HmacKey> hmac;
    std::string credential;  ///< token and Basic: what the header must hold after the prefix
    base::Digest credential_hash;
    std::size_t size = 0;    ///< bytes of the decoded key, or of the text where that is the key
    std::size_t number = 0;  ///< which of the secrets it was made of
};

/// A message with its parameters filled in: {config:NAME} replaced by text, neighbouring text joined.
struct PreparedMessage {
    event::Template text;
    bool any_bracket = false;
    std::optional<Pattern> beginning;
};

/// The prefix of an item. The names of "NAME=" are public words, so their case lets no forgery in and does
/// not count.
struct Prefix {
    std::string text;
    bool any_case = false;
};

/// The prefixes of a rule, at least one, which may be empty.
using Prefixes = std::vector<Prefix>;

/// A scheme with its keys and parameters filled in: what verifier and signer share.
struct Prepared {
    const Scheme* scheme = nullptr;
    std::vector<PreparedKey> keys;
    KeySet public_keys;                            ///< of schemes with public keys, which have no `keys`
    std::vector<std::vector<std::string>> claims;  ///< texts of each of the scheme's claim rules
    std::map<std::string, std::string> params;
    std::vector<PreparedMessage> messages;            ///< of which one is signed; a signer signs the first
    Prefixes signature_prefixes, timestamp_prefixes;  ///< a signer writes the first
    std::string weakness;  ///< of the first secret that can be guessed; empty: none can
};

/// SHA-256 of a credential: lets credentials of any length be compared in constant time.
base::Digest hash_credential(std::string_view text);

/// Returns the bytes that a shared secret decodes to under each key rule of this scheme that decodes it, so
/// that keys of different schemes can be compared; none for public keys. Zeros at the end are left out: to an
/// HMAC they make no difference.
std::vector<std::string> key_bytes(const Scheme& scheme, std::string_view secret);

/// False, and a message without any secret in it, when a key is none (key_strength.hpp) or cannot be decoded,
/// a parameter is missing or there is no secret at all. `names`: ids of the secrets that are public keys, in
/// their order; may be shorter. `use`: whether such keys are to be the public or the private ones.
bool prepare(const Scheme& scheme, const std::vector<std::string>& secrets,
             const std::vector<std::string>& names, const std::map<std::string, std::string>& params,
             KeyUse use, Prepared* prepared, std::string* error);

}  // namespace webhook::signature
