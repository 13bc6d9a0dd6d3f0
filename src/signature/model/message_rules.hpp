#pragma once

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// True for algorithms whose signature is of a message; the others have rules of their own, or a token.
bool has_message(const Scheme& scheme);

/// True when the message holds that kind of value for certain (not in brackets, and nothing cut off by a
/// filter).
bool signs(const Scheme& scheme, event::Source::Kind kind);

/// True when the message holds this very source for certain.
bool signs(const Scheme& scheme, const event::Source& source);

/// True when a change of the body changes the message: the body, its SHA-256, or all fields of a form.
bool signs_body(const Scheme& scheme);

}  // namespace webhook::signature
