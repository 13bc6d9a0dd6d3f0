#pragma once

#include <string>
#include <string_view>

namespace webhook::store {

/// Appends "<length>:<value>,".
void append_netstring(std::string_view value, std::string* out);

/// Takes one netstring off the front of `rest`; false when it is not one.
bool take_netstring(std::string_view* rest, std::string_view* value);

}  // namespace webhook::store
