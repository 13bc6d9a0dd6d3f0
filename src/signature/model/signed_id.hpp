#pragma once

#include <string>
#include <vector>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// True when the signature covers every value of these ids (sources or templates), so that only the
/// sender can choose them. Of no ids: true, as the content then stands for the id.
bool is_signed_id(const Scheme& scheme, const std::vector<std::string>& ids);

/// True when the scheme has ids and signs them.
bool has_signed_id(const Scheme& scheme);

/// True when ids from these sources are signed, or the definition says that none is (`unsigned_id`), or the
/// body is signed as a whole, so that an event cannot be sent again with another one.
bool trusts_id(const Scheme& scheme, const std::vector<std::string>& ids);

/// True when some id is read of an element of an array: a sender that groups elements anew for a retry sends
/// it with other content.
bool is_element_id(const std::vector<std::string>& ids);

}  // namespace webhook::signature
