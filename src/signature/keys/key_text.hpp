#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.hpp"
#include "base/json_value.hpp"
#include "signature/keys/public_key.hpp"

namespace webhook::signature {

/// A key as it was read, not judged yet.
struct TextKey {
    PublicKey::Handle handle{nullptr, EVP_PKEY_free};
    bool is_private = false;
};

/// All keys of a PEM text (RFC 7468): SubjectPublicKeyInfo, PKCS#1 public keys, certificates, unencrypted
/// private keys. A certificate that issued an earlier one belongs to that one's chain and is left out.
bool read_pem(std::string_view text, std::vector<TextKey>* keys, std::string* error);

enum class JwkResult : unsigned char { good, unknown_kind, bad };

/// A JWK (RFC 7517, 7518 section 6, 8037): RSA, EC P-256 and OKP Ed25519; private ones of the latter only.
JwkResult read_jwk(const base::JsonValue& jwk, TextKey* key, std::string* error);

/// A DER SubjectPublicKeyInfo; nullptr when it is none, or something follows it.
PublicKey::Handle public_key_of_der(std::string_view der);

/// True for DER that holds a public key: a SubjectPublicKeyInfo, an RSAPublicKey (PKCS#1) or a certificate.
bool is_public_key_der(std::string_view bytes);

/// 32 bytes (Ed25519) or DER.
PublicKey::Handle public_key_of(std::string_view bytes);

/// An Ed25519 seed (32 bytes, or 64 with the public key after it) or a DER private key (PKCS#8).
PublicKey::Handle private_key_of(std::string_view bytes);

/// Overwrites and empties.
void clean(std::string* secret);

}  // namespace webhook::signature
