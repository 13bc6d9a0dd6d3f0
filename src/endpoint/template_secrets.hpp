#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "endpoint/secret_value.hpp"

namespace webhook::endpoint {

/// False for a text that holds nothing but values of events and a few plain words around them: it may be
/// shown. True for texts without values, for broken ones, and where a word outside of the braces, or in an
/// argument of a filter, could be a secret (8 or more characters with a digit, or 16 or more).
bool may_hold_secret(std::string_view text);

/// The same, except that any text outside of the braces counts.
bool may_hold_secret_strictly(std::string_view text);

/// Rewrites the texts of a document's `body` that may be secret: those under a member (at any depth) whose
/// name says so (see is_secret_header()).
nlohmann::json replace_body_secrets(const nlohmann::json& body, const ReplacePart& replace);

}  // namespace webhook::endpoint
