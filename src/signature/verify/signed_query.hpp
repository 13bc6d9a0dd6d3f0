#pragma once

#include "event/request.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// Checks messages that take URL or query only up to a text ({query_string|before:&signature=}): true when
/// only signature and key id follow. Any other parameter there would not be the sender's.
bool only_signature_follows(const Scheme& scheme, const event::Request& request);

}  // namespace webhook::signature
