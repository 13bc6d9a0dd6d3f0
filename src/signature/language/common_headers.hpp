#pragma once

#include <string_view>

namespace webhook::signature {

/// True for headers that every request has, or that proxies and clients set as they like: they identify no
/// event.
bool is_common_header(std::string_view name);

/// True for these and for headers that proxies and tracing give to every request.
bool is_added_header(std::string_view name);

}  // namespace webhook::signature
