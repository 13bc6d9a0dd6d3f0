#pragma once

#include <cstdint>
#include <optional>

#include "base/digest.hpp"

namespace webhook::signature {

/// The kind of key that an algorithm takes.
enum class KeyFamily : std::uint8_t { ed25519, ecdsa_p256, rsa };

/// Public-key algorithms. ecdsa_p256: ASN.1 DER, as most senders write it; ecdsa_p256_raw: r and
/// s, 32 bytes each (JWT, RFC 9421); ecdsa_p256_sha1: DER, over SHA-1. rsa_*: PKCS#1 v1.5; rsa_pss_*: salt as
/// long as the hash (RFC 9421).
enum class PublicAlgorithm : std::uint8_t {
    ed25519,
    ecdsa_p256,
    ecdsa_p256_raw,
    ecdsa_p256_sha1,
    rsa_sha256,
    rsa_sha512,
    rsa_sha1,
    rsa_pss_sha256,
    rsa_pss_sha512,
};

KeyFamily family_of(PublicAlgorithm algorithm);

/// The hash whose digest is signed; nothing for Ed25519, which signs the message itself.
std::optional<base::Hash> hash_of(PublicAlgorithm algorithm);

}  // namespace webhook::signature
