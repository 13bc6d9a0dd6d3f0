#include "signature/language/tokenizer.hpp"

#include <algorithm>
#include <utility>

namespace webhook::signature {

namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_one_of(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

}  // namespace

Tokenizer::Token Tokenizer::next(std::string* word) {
    word->clear();
    const bool more = skip_blanks();
    begin_ = size_ - rest_.size();
    if (!more) return Token::end;
    static constexpr std::pair<char, Token> marks[] = {
        {';', Token::semicolon}, {'{', Token::open}, {'}', Token::close}};
    for (const auto& [mark, token] : marks) {
        if (rest_.front() != mark) continue;
        advance();
        return token;
    }
    return read_word(word) ? Token::word : Token::unclosed;
}

void Tokenizer::advance() {
    if (rest_.front() == '\n') ++line_;
    rest_.remove_prefix(1);
}

/// Skips blanks and comments; false at the end of the text.
bool Tokenizer::skip_blanks() {
    while (!rest_.empty()) {
        if (rest_.front() == '#') {
            rest_.remove_prefix(std::min(rest_.size(), rest_.find('\n')));
        } else if (is_one_of(rest_.front(), blanks)) {
            advance();
        } else {
            return true;
        }
    }
    return false;
}

bool Tokenizer::read_word(std::string* word) {
    const char quote = rest_.front();
    if (quote != '"' && quote != '\'') {
        while (!rest_.empty() && !is_one_of(rest_.front(), " \t\r\n;{"))
            word->push_back(character());
        return true;
    }
    advance();
    while (!rest_.empty() && rest_.front() != quote)
        word->push_back(character());
    if (rest_.empty()) return false;
    advance();
    return rest_.empty() || is_one_of(rest_.front(), " \t\r\n;{");
}

char Tokenizer::character() {
    const char c = rest_.front();
    advance();
    if (c != '\\' || rest_.empty()) return c;
    const std::size_t at = escapes.find(rest_.front());
    if (at == std::string_view::npos) return c;
    advance();
    return escape_meanings[at];
}

}  // namespace webhook::signature
