#pragma once

#include <string_view>

#include "signature/catalogue/scheme_set.hpp"
#include "signature/language/text_error.hpp"

namespace webhook::signature {

/// Adds the scheme whose definition is `text`, the inside of a block.
bool add_scheme_text(std::string_view name, std::string_view text, SchemeSet* set, TextError* error);

/// Adds every scheme of a text of `webhook_scheme NAME { ... }` blocks, such as a file that nginx includes.
bool add_scheme_blocks(std::string_view text, SchemeSet* set, TextError* error);

}  // namespace webhook::signature
