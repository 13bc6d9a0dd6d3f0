#pragma once

#include <string>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// Checks that the message binds a signature to one event: false, with a message, when no part of it differs
/// by event, when a filter takes the place of what should be signed, or when a cut leaves out more than the
/// signature.
bool validate_binding(const Scheme& scheme, std::string* error);

/// Checks that the event's id is signed, where body or query are not signed as a whole: otherwise one
/// captured request could be replayed under other ids.
bool validate_id(const Scheme& scheme, std::string* error);

}  // namespace webhook::signature
