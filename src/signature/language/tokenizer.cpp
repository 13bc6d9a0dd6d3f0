#include "signature/language/tokenizer.hpp"

#include <algorithm>
#include <utility>

#include "signature/language/parser.hpp"

namespace webhook::signature {

namespace {

constexpr std::string_view blanks = " \t\r\n";

constexpr std::string_view escapes = "\"'\\;trn";
constexpr std::string_view meanings = "\"'\\;\t\r\n";

bool is_one_of(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

void append_word(std::string_view word, std::string* text) {
    if (!word.empty() && word.find_first_of(" \t\r\n;{}\"'\\#") == std::string_view::npos) {
        text->append(word);
        return;
    }
    text->push_back('"');
    for (const char c : word) {
        const std::size_t at = c == '\'' || c == ';' ? std::string_view::npos : meanings.find(c);
        if (at != std::string_view::npos) {
            text->push_back('\\');
            text->push_back(escapes[at]);
        } else {
            text->push_back(c);
        }
    }
    text->push_back('"');
}

}  // namespace

Tokenizer::Token Tokenizer::next(std::string* word) {
    word->clear();
    if (!skip_blanks()) return Token::end;
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
    return meanings[at];
}

bool tokenize(std::string_view text, std::vector<Directive>* directives, LanguageError* error) {
    using Token = Tokenizer::Token;
    Tokenizer tokenizer(text);
    Directive current;
    std::string word;
    directives->clear();
    const auto fail = [&](std::string message) {
        *error = {directives->size(), std::move(message)};
        return false;
    };
    for (Token token = tokenizer.next(&word); token != Token::end; token = tokenizer.next(&word)) {
        if (token == Token::unclosed) return fail("\"" + word + "\" lacks a closing quote");
        if (token == Token::open) return fail("unexpected \"{\"");
        if (token == Token::close) return fail("unexpected \"}\"");
        if (token == Token::word) {
            current.push_back(word);
            continue;
        }
        if (current.empty()) return fail("unexpected \";\"");
        directives->push_back(std::exchange(current, {}));
    }
    return current.empty() || fail("\"" + current.front() + "\" is not terminated by \";\"");
}

std::string to_text(const std::vector<Directive>& directives) {
    std::string text;
    for (const Directive& words : directives) {
        for (std::size_t i = 0; i < words.size(); ++i) {
            if (i != 0) text.push_back(' ');
            append_word(words[i], &text);
        }
        text.append(";\n");
    }
    return text;
}

}  // namespace webhook::signature
