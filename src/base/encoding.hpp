#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::base {

/// Encodings of bytes as text.
enum class Encoding : std::uint8_t { none, hex, base64, base64url };

/// Decodes into `out` (`capacity` bytes); the number of bytes, or -1 when the text is not strictly what the
/// encoding asks for or does not fit. hex: any case; base64 and base64url: with all of the padding or without
/// any; bits that would be lost must be zero (RFC 4648 section 3.5). none: the bytes themselves.
long decode_into(std::string_view text, Encoding encoding, unsigned char* out, std::size_t capacity);

/// Decodes into a string.
bool decode_text(std::string_view text, Encoding encoding, std::string* out);

/// Appends the bytes of base64 text in either alphabet, with or without padding and line ends (MIME). For
/// values that are only read; signatures are decoded strictly, by decode_into(). False, and nothing appended,
/// for anything else.
bool decode_lax_base64(std::string_view text, std::string* out);

/// Appends the text of `bytes`: lower-case hex, base64 with padding, base64url without.
void encode_text(std::string_view bytes, Encoding encoding, std::string* out);

/// "hex", "base64", "base64url"; false for anything else.
bool encoding_from_word(std::string_view word, Encoding* encoding);

}  // namespace webhook::base
