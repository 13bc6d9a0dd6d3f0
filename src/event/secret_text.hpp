#pragma once

#include <string_view>

namespace webhook::event {

/// Finds mistakes in a secret that was given as text: a path or a variable's name whose `file:` or `env:` was
/// forgotten or misspelt, and what documentation writes where a secret belongs. Such a text would be the key,
/// and everybody could read it. Returns what is wrong with it, without the text itself ("looks like a path");
/// empty when nothing is. `takes_variables`: "$name" is a variable there, and no mistake.
std::string_view secret_mistake(std::string_view text, bool takes_variables = false);

/// The advice to give where `file:` and `env:` are known.
inline constexpr std::string_view secret_advice =
    "write \"file:/path\" or \"env:NAME\", and put a secret that only looks so into a file";

}  // namespace webhook::event
