#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace webhook::event {

/// Stands where a secret stood.
inline constexpr std::string_view masked_text = "***";

/// Replaces the values of the parameters `names` in a URI, a query or a form, however they are spelled:
/// encoded once or several times (%74oken, %2574oken, %u0074oken, also "=" and the separators), in another
/// case, with blanks around, as token[] or token[a], after "&", ";", "?" or "#". A value reaches up to the
/// next plain "&", whatever it holds. This masks rather too much: what is shown is for people, and no
/// signature is computed from it.
std::string mask_params(std::string_view text, const std::vector<std::string>& names);

/// A URL for a message, also one that could not be read: without what may be a password (user and password,
/// what follows a ":" and is no port, query and fragment).
std::string mask_url(std::string_view url);

}  // namespace webhook::event
