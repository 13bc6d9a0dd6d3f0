#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "signature/language/directives.hpp"
#include "signature/model/definition.hpp"

namespace webhook::signature {

/// Read the words of one directive ([0] is its name) into a rule; false with an error that names the word.
bool read_signature_rule(const Directive& words, SignatureRule* rule, std::string* error);
bool read_timestamp_rule(const Directive& words, TimestampRule* rule, std::string* error);
bool read_digest_rule(const Directive& words, DigestRule* rule, std::string* error);

/// Reads a text whose only values are {config:NAME}.
bool read_fixed_text(std::string_view text, event::Template* fixed, std::string* error);

/// Says that `word`, whose value is `value`, is none of the known ones; false.
bool refuse_word(std::string* error, std::string_view what, std::string_view word, std::string_view value,
                 std::initializer_list<std::string_view> known);

}  // namespace webhook::signature
