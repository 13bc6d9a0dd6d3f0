#include "signature/language/directives.hpp"

#include <utility>

#include "signature/language/tokenizer.hpp"

namespace webhook::signature {

namespace {

constexpr std::string_view escapes = "\"'\\;trn";
constexpr std::string_view meanings = "\"'\\;\t\r\n";

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
