#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace webhook::signature {

/// The URL without a port and with the default one of http or https; none for anything else.
std::vector<std::string> url_variants(std::string_view url);

}  // namespace webhook::signature
