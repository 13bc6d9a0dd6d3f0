#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "signature/language/text_error.hpp"
#include "signature/language/tokenizer.hpp"

namespace webhook::signature {

/// The words of one directive; [0] is its name.
using Directive = std::vector<std::string>;

/// What is wrong in a list of directives.
struct LanguageError {
    std::size_t directive = 0;  ///< index in the list; its size when something is missing
    std::string message;        ///< names the word
};

/// Reads directives from text as nginx does: words, quotes at the start of a word, backslash, `#` comments,
/// and
/// ";" or a block after the words.
class DirectiveReader {
  public:
    using Mark = Tokenizer::Token;

    /// The words up to a mark or the end of the text.
    struct Statement {
        Directive words;
        Mark end = Mark::end;
        std::size_t line = 1;  ///< where the mark is
        std::size_t at = 0;    ///< of the text: where its part on that line begins
    };

    explicit DirectiveReader(std::string_view text) : text_(text), tokenizer_(text) {}

    /// Reads the next statement. False, and an error, for a quote that is not closed.
    bool read(Statement* statement, TextError* error);

    /// Reads all directives up to the mark `until`. False, and an error, when one of them does not end with
    /// ";".
    bool read_all(Mark until, std::vector<Statement>* statements, TextError* error);

    /// Makes the error about a statement, with its line.
    TextError error_at(const Statement& statement, std::string message) const;

    /// Makes the error about the mark that a statement ends with, which is wrong there.
    TextError unexpected(const Statement& statement) const;

  private:
    std::string_view text_;
    Tokenizer tokenizer_;
};

/// Splits text that holds directives only.
bool tokenize(std::string_view text, std::vector<Directive>* directives, LanguageError* error);

/// The reverse: a line for each directive.
std::string to_text(const std::vector<Directive>& directives);

}  // namespace webhook::signature
