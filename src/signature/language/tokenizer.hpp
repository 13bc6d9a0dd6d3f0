#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::signature {

/// Letters that a backslash gives a meaning, and what they then stand for, in the same order.
inline constexpr std::string_view escapes = "\"'\\;trn";
inline constexpr std::string_view escape_meanings = "\"'\\;\t\r\n";

/// Cuts text into words as nginx' configuration reader does: quotes at the start of a word, backslash, `#`
/// comments, and ";", "{" and "}" between words.
class Tokenizer {
  public:
    enum class Token : std::uint8_t { end, word, semicolon, open, close, unclosed };

    explicit Tokenizer(std::string_view text) : rest_(text), size_(text.size()) {}

    /// The next token; `word` is set for `word`, and for `unclosed`: a quote that is not closed or runs into
    /// other text.
    Token next(std::string* word);

    std::size_t line() const { return line_; }    ///< where the last token ended; the first is 1
    std::size_t begin() const { return begin_; }  ///< of the text: where the last token began

  private:
    bool skip_blanks();
    bool read_word(std::string* word);
    char character();
    void advance();

    std::string_view rest_;
    std::size_t size_;
    std::size_t line_ = 1, begin_ = 0;
};

}  // namespace webhook::signature
