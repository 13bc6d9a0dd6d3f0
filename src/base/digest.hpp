#pragma once

#include <openssl/md5.h>
#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/body.hpp"

namespace webhook::base {

enum class Hash : std::uint8_t { md5, sha1, sha256, sha384, sha512 };

inline constexpr std::size_t max_digest_size = SHA512_DIGEST_LENGTH;

/// Bytes of a digest: 16, 20, 32, 48 or 64.
std::size_t digest_size(Hash hash);

/// A digest and its length, on the stack.
struct Digest {
    std::array<unsigned char, max_digest_size> bytes;
    std::size_t size = 0;

    std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), size}; }
};

/// A hash that is under way. Copying it copies the state, which is what makes prepared HMAC keys cheap:
/// OpenSSL's EVP contexts would cost an allocation and a fetch for each copy.
class HashState {
  public:
    explicit HashState(Hash hash);

    void update(std::string_view bytes);
    void update(const BodyView& body);
    /// Ends the hash; the state must not be used afterwards.
    Digest finish();
    Hash hash() const { return hash_; }

  private:
    union {
        MD5_CTX md5_;
        SHA_CTX sha1_;
        SHA256_CTX sha256_;
        SHA512_CTX sha512_;  ///< of SHA-384, too
    };
    Hash hash_;
};

/// The hash of a text or a body.
Digest digest_of(Hash hash, std::string_view text);
Digest digest_of(Hash hash, const BodyView& body);

/// Two lower-case hex digits for each byte.
std::string to_hex(std::string_view bytes);

}  // namespace webhook::base
