#pragma once

#include <cstddef>
#include <string_view>

namespace webhook::signature {

inline constexpr std::size_t ed25519_size = 32;

/// True for a public key (32 bytes, RFC 8032 section 5.1.2) that one of the eight points of small order
/// encodes, in any of its spellings: with such a key a signature that was made without a private key fits
/// every eighth message, or every one. True as well for coordinates beyond the field, which no key generator
/// writes.
bool is_weak_ed25519(std::string_view key);

}  // namespace webhook::signature
