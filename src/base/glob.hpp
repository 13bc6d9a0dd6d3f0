#pragma once

#include <string_view>

namespace webhook::base {

/// True when `text` matches `pattern`, in which each `*` stands for any run of characters (also none). Case
/// counts. Linear in practice and never worse than pattern x text: no recursion.
bool matches(std::string_view pattern, std::string_view text);

}  // namespace webhook::base
