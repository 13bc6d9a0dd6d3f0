#pragma once

#include <string>
#include <string_view>

namespace webhook::base {

// The letters of all scripts, one by one, whatever the locale (Unicode's simple case mapping). Bytes that are
// not UTF-8 stay.

std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);

}  // namespace webhook::base
