#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace webhook::signature {

/// Fewest bytes of a decoded key; one with fewer than `good_key` can be guessed, which is worth a warning.
inline constexpr std::size_t shortest_key = 4, good_key = 16;

/// Tells whether a configured text can be a shared secret. False, with a message that holds nothing of it,
/// for texts that are none or that others know: blanks, a NUL (C strings end there, so two readers see two
/// keys), a prefix without a key, a public key in any usual form (everybody could sign with it).
bool check_secret_text(std::string_view text, std::string* error);

/// Checks the bytes that a key rule made of it: too few, or all equal. HMAC fills keys up with zeros,
/// so those at the end do not count.
bool check_decoded_key(std::string_view key, std::string* error);

/// Tells whether HTTP Basic credentials hold a user or a password.
bool check_basic(std::string_view user_and_password, std::string* error);

/// True when nothing can be seen of the text: blanks of Unicode, control characters, or no character at all.
bool is_blank(std::string_view text);

/// Returns the text without the characters around it that cannot be seen.
std::string_view without_blanks_around(std::string_view text);

/// Returns why a key that is taken can still be guessed; empty when it is long enough. `text`: as configured.
std::string weakness_of(std::string_view text, std::size_t key_size);

}  // namespace webhook::signature
