#pragma once

#include "event/request.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// Where a message takes URL or query only up to a text ({query_string|before:&signature=}): true when
/// nothing but signature and key id stands behind it. Any other parameter there would be somebody else's.
bool only_signature_follows(const Scheme& scheme, const event::Request& request);

}  // namespace webhook::signature
