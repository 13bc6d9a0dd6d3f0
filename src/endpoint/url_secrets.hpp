#pragma once

#include <string>
#include <string_view>

#include "endpoint/secret_value.hpp"

namespace webhook::endpoint {

/// Rewrites the parts of a URL that may be secret: user and password, the values of the query and of
/// parameters in the path (;name=value), query parameters without a name, and segments of the path that look
/// like a token. The rest stays, and so do values that hold nothing but templates.
std::string replace_secret_parts(std::string_view url, const ReplacePart& replace);

}  // namespace webhook::endpoint
