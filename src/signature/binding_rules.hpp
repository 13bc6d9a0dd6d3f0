#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "signature/definition.hpp"

namespace webhook::signature {

/// True for headers that every request has, or that proxies and clients set as they like: they tell no event from another.
bool is_common_header(std::string_view name);

/// Whether the message binds a signature to one event: false, with a message, when no part of it differs by event, when a
/// filter takes the place of what should be signed, or when a cut leaves out more than the signature.
bool check_binding(const Scheme& scheme, std::string* error);

/// Whether the event's id is signed, where body or query are not signed as a whole: who can change the id can send one
/// captured request again and again.
bool check_id(const Scheme& scheme, std::string* error);

/// True when these sources of an id (scheme.hpp) are signed, or need not be since the body is.
bool signs_id(const Scheme& scheme, const std::vector<std::string>& ids);

}  // namespace webhook::signature
