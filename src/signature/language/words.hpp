#pragma once

#include <string_view>
#include <vector>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// md5, sha1, sha256, sha384 or sha512; false for any other word.
bool hash_from_word(std::string_view word, base::Hash* hash);

/// utf8, whsec, ...; false for any other word.
bool key_rule_from_word(std::string_view word, KeyRule* rule);
std::vector<std::string_view> key_rule_words();

/// "PAST,FUTURE" in seconds, or one number for both; false for anything else, or more than a year.
bool window_from_text(std::string_view text, TimestampRule* rule);

/// Every word after `algorithm`.
std::vector<std::string_view> algorithm_words();

/// Sets one of the algorithms with public keys, or of those that have rules of their own; false for any other
/// word.
bool set_algorithm(std::string_view word, Scheme* scheme);

}  // namespace webhook::signature
