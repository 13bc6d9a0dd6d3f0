#pragma once

#include <charconv>
#include <string_view>
#include <vector>

#include "signature/model/definition.hpp"

namespace webhook::signature {

/// "name=value" -> value; false when the word does not start with name.
bool option(std::string_view word, std::string_view name, std::string_view* value);

/// A whole number without a sign; false when it is none, or too large.
template <class Number>
bool to_number(std::string_view text, Number* number) {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), *number);
    return code == std::errc() && end == text.data() + text.size() && !text.empty() && text[0] != '-';
}

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
