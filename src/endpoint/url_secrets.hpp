#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace webhook::endpoint {

/// Gives a part of a URL its printed form, or back the part that was printed.
using ReplacePart = std::function<std::string(std::string_view)>;

/// Rewrites the parts of a URL that may be secret: user and password, the values of the query and of
/// parameters in the path (;name=value), query parameters without a name, and segments of the path that look
/// like a token. The rest stays, and so do values that hold nothing but macros.
std::string replace_secret_parts(std::string_view url, const ReplacePart& replace);

}  // namespace webhook::endpoint
