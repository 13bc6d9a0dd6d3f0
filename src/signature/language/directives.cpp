#include "signature/language/directives.hpp"

#include <utility>

#include "signature/language/tokenizer.hpp"

namespace webhook::signature {

namespace {

void append_word(std::string_view word, std::string* text) {
    if (!word.empty() && word.find_first_of(" \t\r\n;{}\"'\\#") == std::string_view::npos) {
        text->append(word);
        return;
    }
    text->push_back('"');
    for (const char c : word) {
        const std::size_t at = c == '\'' || c == ';' ? std::string_view::npos : escape_meanings.find(c);
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

bool DirectiveReader::read(Statement* statement, TextError* error) {
    std::string word;
    *statement = {};
    std::size_t words_line = 0;
    while ((statement->end = tokenizer_.next(&word)) == Mark::word) {
        if (tokenizer_.line() != words_line) statement->at = tokenizer_.begin();
        words_line = tokenizer_.line();
        statement->words.push_back(word);
    }
    statement->line = tokenizer_.line();
    if (words_line != statement->line || statement->end == Mark::unclosed) statement->at = tokenizer_.begin();
    if (statement->end != Mark::unclosed) return true;
    *error = error_at(*statement, "a word lacks its closing quote");
    return false;
}

bool DirectiveReader::read_all(Mark until, std::vector<Statement>* statements, TextError* error) {
    Statement statement;
    for (;;) {
        if (!read(&statement, error)) return false;
        if (statement.words.empty() && statement.end == until) return true;
        if (statement.words.empty() || statement.end != Mark::semicolon) {
            *error = unexpected(statement);
            return false;
        }
        statements->push_back(std::move(statement));
    }
}

TextError DirectiveReader::error_at(const Statement& statement, std::string message) const {
    return {statement.line, std::move(message), excerpt_at(text_, statement.at)};
}

TextError DirectiveReader::unexpected(const Statement& statement) const {
    static constexpr std::pair<Mark, const char*> marks[] = {
        {Mark::semicolon, "\";\""}, {Mark::open, "\"{\""}, {Mark::close, "\"}\""}};
    std::string what = "end of text, expecting \";\" or \"}\"";
    for (const auto& [mark, text] : marks) {
        if (mark == statement.end) what = text;
    }
    return {statement.line, "unexpected " + what, excerpt_at(text_, tokenizer_.begin())};
}

bool tokenize(std::string_view text, std::vector<Directive>* directives, LanguageError* error) {
    TextError problem;
    std::vector<DirectiveReader::Statement> statements;
    const bool good = DirectiveReader(text).read_all(Tokenizer::Token::end, &statements, &problem);
    directives->clear();
    for (auto& statement : statements)
        directives->push_back(std::move(statement.words));
    if (!good) *error = {directives->size(), std::move(problem.message)};
    return good;
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
