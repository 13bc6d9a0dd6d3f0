#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "signature/keys/public_key.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// The public keys of a scheme, or its private ones for signing.
using KeySet = std::vector<PublicKey>;

/// Keys that have no id and so are tried for every request, at most. Each try costs about as much as 60
/// checks of an HMAC.
inline constexpr std::size_t max_nameless_keys = 4;
inline constexpr std::size_t max_named_keys = 256;

enum class KeyUse : std::uint8_t { verify, sign };

/// The purpose that keys are read for. `family`: absent where the scheme takes all of them.
struct KeyWanted {
    KeyRule rule = KeyRule::pem;
    std::optional<KeyFamily> family;
    KeyUse use = KeyUse::verify;
};

/// Appends the keys that `text` holds. What it is shows in itself:
///   PEM   public keys, certificates (their keys; a certificate that issued an earlier one of the same text
///   is left
///         out), private keys where they are wanted
///   JSON  a JWK (RFC 7517), a JWK set, an object {"ID": "PEM", ...} or a list {"keys": [{"keyId",
///   "pem"|"base64"}]} else  what the rule says: hex or base64 of 32 bytes (Ed25519) or of a
///   SubjectPublicKeyInfo, `whpk_` before it
/// `name` becomes the id of keys that bring none. Of a set (JSON) only the keys of the wanted family and of a
/// size that is taken are: a sender may add others to his at any time. False, and a message without any
/// secret in it, when a key is bad, too small, private where a public one is wanted, or none is left.
bool read_keys(std::string_view text, std::string_view name, const KeyWanted& wanted, KeySet* keys,
               std::string* error);

/// False when the set holds more keys than can be tried for one request: a key that never gets its turn would
/// look like forgeries. `are_named`: requests can name the key they are signed with.
bool check_size(const KeySet& keys, bool are_named, std::string* error);

/// Returns the part of an id that is compared: the last path part, without ".pem". So a key can be named by
/// the URL it came from.
std::string_view key_name(std::string_view id);

/// True when the key may have made the signature of a request that names `id` (empty: it names none).
bool is_candidate(const PublicKey& key, std::string_view id);

/// Returns the reason to log for a request that no key verified.
const char* why_none_verified(const KeySet& keys, std::string_view id);

/// True when one of the candidates verifies. Stops after `*budget` tries, which it counts down.
bool verify_any(const KeySet& keys, std::string_view id, PublicAlgorithm algorithm, std::string_view input,
                std::string_view signature, std::size_t* budget);

/// Tries of one request, at most: what keeps a hostile one from holding up nginx' loop. Each try of Ed25519
/// hashes the whole message anew, so long ones get fewer.
inline constexpr std::size_t max_public_checks = 4, max_long_checks = 2, long_message = 32 << 10;

/// `input`: what PublicKey::verify() takes.
constexpr std::size_t checks_for(std::string_view input) {
    return input.size() > long_message ? max_long_checks : max_public_checks;
}

}  // namespace webhook::signature
