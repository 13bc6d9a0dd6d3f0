#pragma once

#include "signature/scheme.hpp"

namespace webhook::signature {

/// True when a handshake of the scheme answers with an HMAC (or any other value computed with the key) of something
/// that the request chose. Whoever sends such a handshake can have texts signed, so the key may serve no other scheme.
bool answers_hmacs(const Scheme& scheme);

}  // namespace webhook::signature
