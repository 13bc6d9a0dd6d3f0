#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"

namespace webhook::signature {

/// What kind of key an algorithm takes.
enum class KeyFamily : std::uint8_t { ed25519, ecdsa_p256, rsa };

/// How a public-key signature is made. ecdsa_p256: ASN.1 DER, as most senders write it; ecdsa_p256_raw: r and
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

/// Smallest and largest RSA keys that are taken, in bits (the cost of a check is in docs/design.md).
inline constexpr int min_rsa_bits = 2048, max_rsa_bits = 4096;

/// Longest signature of any key that is taken, in bytes.
inline constexpr std::size_t max_public_signature = max_rsa_bits / 8;

/// A public key, or a private one for signing. verify() and sign() may be called from any thread.
class PublicKey {
  public:
    using Handle = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

    /// Refuses (nothing, `error` says why) other kinds of keys, curves other than P-256, RSA keys that are
    /// too small or too large, keys that bind nothing (points of small order or at infinity, a prime
    /// modulus), and a handle that is nullptr.
    static std::optional<PublicKey> make(Handle handle, bool is_private, std::string* error);

    KeyFamily family() const { return family_; }
    bool is_private() const { return is_private_; }

    /// `input` is the digest of the message, or for Ed25519 the message. False as well for a key of another
    /// family.
    bool verify(PublicAlgorithm algorithm, std::string_view input, std::string_view signature) const noexcept;

    /// Appends the signature; false when the key is public or of another family.
    bool sign(PublicAlgorithm algorithm, std::string_view input, std::string* signature) const;

    std::string id;  ///< what requests name it by (`kid`, file name); empty: it is tried whatever they name

  private:
    PublicKey(Handle handle, KeyFamily family, bool is_private)
        : handle_(std::move(handle)), family_(family), is_private_(is_private) {}

    Handle handle_;
    KeyFamily family_;
    bool is_private_;
};

}  // namespace webhook::signature
