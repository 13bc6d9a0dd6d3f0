#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace webhook::signature {

using Directive = std::vector<std::string>;

struct LanguageError {
    std::size_t directive = 0;  ///< index in the list; its size when something is missing
    std::string message;        ///< names the word
};

/// Splits text into directives as nginx does: words, quotes at the start of a word, backslash, `#` comments,
/// ";".
bool tokenize(std::string_view text, std::vector<Directive>* directives, LanguageError* error);
/// The reverse: a line for each directive.
std::string to_text(const std::vector<Directive>& directives);

}  // namespace webhook::signature
