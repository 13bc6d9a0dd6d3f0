#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "endpoint/document.hpp"
#include "endpoint/field_reader.hpp"

namespace webhook::endpoint {

/// Prints the canonical JSON (defaults left out, keys sorted) on one line, as it is stored in Redis.
std::string to_json(const Document& document);
/// Prints the same with literal secrets as `redacted:HASH8`: sign.secrets, values of headers that are not
/// known to be public, parts of the URL (see url_secrets.hpp) and of the body (see template_secrets.hpp).
/// `key` is the configuration's.
std::string to_redacted_json(const Document& document, std::string_view key);
/// The texts that to_redacted_json() replaces.
std::vector<std::string> secret_literals(const Document& document);
std::string redacted_url(const Document& document, std::string_view key);
/// Replaces each `redacted:HASH8` by the stored value with that hash. Adds an error that names the field when
/// no stored value has it.
bool restore_redacted(Document* document, const Document* stored, std::string_view key,
                      std::vector<FieldError>* errors);

}  // namespace webhook::endpoint
