#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace webhook::signature {

/// Largest file that holds a secret or public keys, in bytes.
inline constexpr std::size_t max_secret_file = 256 << 10;

// nginx, the worker and webhookctl read secrets by these functions only, so that one file is one key for all
// of them. Problems and warnings are predicates ("is empty"), name no file and hold nothing of the secret:
// the caller puts in front what the secret came from.

/// Reads a file that holds a secret or public keys, without one line end (LF or CRLF) at its end. False, and
/// a problem, for what is not a regular file, cannot be read, is too large, or holds no text that can be a
/// key (see check_secret_input).
bool read_secret_file(const std::string& path, std::string* secret, std::string* problem);

/// Drops one line end at the end of a secret that was read from elsewhere than a file (standard input), and
/// judges it like read_secret_file().
bool take_secret_input(std::string* secret, std::string* problem);

/// Tells whether a secret from outside can be one. False, and a problem, for what editors and shells make of
/// a key: an empty text, nothing but blanks, a byte order mark, UTF-16, NUL bytes.
bool check_secret_input(std::string_view secret, std::string* problem);

/// Returns what is likely not meant to be part of the secret: blanks or quotes around it. Empty: nothing. Of
/// PEM and JSON, where blanks do not count, nothing is said.
std::string warning_of_secret(std::string_view secret);

}  // namespace webhook::signature
