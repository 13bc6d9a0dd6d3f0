#pragma once

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// True for a value that covers all of the body in a message.
bool is_whole_body(const event::Source& source);

/// True for a part of the message that differs by event: not timestamps, nonces in headers,
/// secrets and parameters of the location.
bool counts_as_content(const Scheme& scheme, const event::Template::Part& part);

/// True when neighbours in the signed text can give bytes to each other without changing it, so that an id
/// that is read of them is not certain, but their content is.
bool can_shift(const Scheme& scheme);

/// Returns what makes the content of a request of this scheme.
Content content_rule(const Scheme& scheme);

/// True when the content is the body as it came.
bool is_plain_content(const Scheme& scheme);

}  // namespace webhook::signature
