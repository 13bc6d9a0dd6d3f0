#pragma once

#include <string>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// Whether the message binds a signature to one event: false, with a message, when no part of it differs by
/// event, when a filter takes the place of what should be signed, or when a cut leaves out more than the
/// signature.
bool validate_binding(const Scheme& scheme, std::string* error);

/// Whether the event's id is signed, where body or query are not signed as a whole: who can change the id can
/// send one captured request again and again.
bool validate_id(const Scheme& scheme, std::string* error);

}  // namespace webhook::signature
