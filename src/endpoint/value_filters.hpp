#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "endpoint/text_template.hpp"
#include "endpoint/value_text.hpp"

namespace webhook::endpoint {

/// Gives the text of secret:NAME; nothing, and why, when it cannot be read.
using FindSecret = std::function<std::optional<std::string>(std::string_view name, std::string* problem)>;

/// Applies one filter. What is missing, null or empty stays missing through all but `default`. False, and
/// what is wrong, for a value that the filter cannot change.
bool apply(const ValueFilter& filter, const FindSecret& find_secret, Filtered* filtered, std::string* error);

}  // namespace webhook::endpoint
