#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace webhook::signature {

/// What is wrong in a text of directives, and where.
struct TextError {
    std::size_t line = 1;  ///< the first is 1
    std::string message;
    /// The line itself and a caret below it, each ended by a newline. Empty where the text is no scheme: it
    /// may be a file of secrets, whose words are not repeated.
    std::string excerpt = {};
};

/// Returns "FILE:LINE: message", followed by the excerpt on lines of its own.
std::string describe(std::string_view file, const TextError& error);

/// Returns the line of `text` that position `at` is in, and a caret below that position. Hidden characters
/// are escaped, and what is far from the caret in a long line is left out.
std::string excerpt_at(std::string_view text, std::size_t at);

}  // namespace webhook::signature
