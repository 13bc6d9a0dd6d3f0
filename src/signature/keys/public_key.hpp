#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "signature/model/public_algorithm.hpp"

namespace webhook::signature {

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
