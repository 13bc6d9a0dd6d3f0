#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "event/template.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// True for headers that every request has, or that proxies and clients set as they like: they tell no event
/// from another.
bool is_common_header(std::string_view name);

/// Whether the message binds a signature to one event: false, with a message, when no part of it differs by
/// event, when a filter takes the place of what should be signed, or when a cut leaves out more than the
/// signature.
bool check_binding(const Scheme& scheme, std::string* error);

/// Whether the event's id is signed, where body or query are not signed as a whole: who can change the id can
/// send one captured request again and again.
bool check_id(const Scheme& scheme, std::string* error);

/// True when ids from these sources are signed, or the definition says that none is (`unsigned_id`), or the
/// body is signed as a whole, so that an event cannot be sent again with another one.
bool trusts_id(const Scheme& scheme, const std::vector<std::string>& ids);

/// Reads a source or template of an id, as a template.
bool read_id(const std::string& text, event::Template* id);

}  // namespace webhook::signature
