#include "signature/catalogue/scheme_text.hpp"

#include <utility>

#include "signature/language/tokenizer.hpp"

namespace webhook::signature {

namespace {

using Token = Tokenizer::Token;

/// Reads the text of schemes, keeping the line of each directive.
class TextReader {
  public:
    TextReader(std::string_view text, SchemeSet* set, TextError* error)
        : tokenizer_(text), set_(set), error_(error) {}

    /// The inside of one block; `until` tells what ends it.
    bool read_definition(std::string_view name, Token until);
    bool read_blocks();

  private:
    struct Statement {
        Directive words;
        Token end = Token::end;
    };

    bool fail(std::size_t line, std::string message) {
        *error_ = {line, std::move(message)};
        return false;
    }
    bool unexpected(Token token);
    bool read_statement(Statement* statement);
    bool read_block(const Directive& words);

    Tokenizer tokenizer_;
    SchemeSet* set_;
    TextError* error_;
};

bool TextReader::unexpected(Token token) {
    static constexpr std::pair<Token, const char*> marks[] = {
        {Token::semicolon, "\";\""}, {Token::open, "\"{\""}, {Token::close, "\"}\""}};
    for (const auto& [mark, text] : marks) {
        if (mark == token) return fail(tokenizer_.line(), std::string("unexpected ") + text);
    }
    return fail(tokenizer_.line(), "unexpected end of text, expecting \";\" or \"}\"");
}

/// Words up to a mark or the end of the text; false for a quote that is not closed.
bool TextReader::read_statement(Statement* statement) {
    std::string word;
    *statement = {};
    while ((statement->end = tokenizer_.next(&word)) == Token::word)
        statement->words.push_back(word);
    return statement->end != Token::unclosed || fail(tokenizer_.line(), "a word lacks its closing quote");
}

bool TextReader::read_definition(std::string_view name, Token until) {
    const std::size_t first_line = tokenizer_.line();
    std::vector<Directive> directives;
    std::vector<std::size_t> lines;
    Statement statement;
    for (;;) {
        if (!read_statement(&statement)) return false;
        if (statement.words.empty() && statement.end == until) break;
        if (statement.words.empty() || statement.end != Token::semicolon) return unexpected(statement.end);
        directives.push_back(std::move(statement.words));
        lines.push_back(tokenizer_.line());
    }
    LanguageError error;
    if (set_->add(name, directives, &error)) return true;
    return fail(error.directive < lines.size() ? lines[error.directive] : first_line, error.message);
}

bool TextReader::read_block(const Directive& words) {
    if (words[0] != "webhook_scheme") {
        // What is no scheme file may be a file of secrets: its words are not repeated.
        return fail(tokenizer_.line(), "expected \"webhook_scheme NAME {\"");
    }
    if (words.size() != 2) {
        return fail(tokenizer_.line(), "invalid number of arguments in \"webhook_scheme\"");
    }
    return read_definition(words[1], Token::close);
}

bool TextReader::read_blocks() {
    Statement statement;
    for (;;) {
        if (!read_statement(&statement)) return false;
        if (statement.words.empty() && statement.end == Token::end) return true;
        if (statement.words.empty() || statement.end != Token::open) return unexpected(statement.end);
        if (!read_block(statement.words)) return false;
    }
}

}  // namespace

bool add_scheme_text(std::string_view name, std::string_view text, SchemeSet* set, TextError* error) {
    return TextReader(text, set, error).read_definition(name, Token::end);
}

bool add_scheme_blocks(std::string_view text, SchemeSet* set, TextError* error) {
    return TextReader(text, set, error).read_blocks();
}

}  // namespace webhook::signature
