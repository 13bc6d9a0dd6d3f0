#include "signature/language.hpp"

#include <algorithm>
#include <utility>

namespace webhook::signature {

namespace {

constexpr std::string_view blanks = " \t\r\n";

class Tokenizer {
  public:
    explicit Tokenizer(std::string_view text) : rest_(text) {}

    /// Skips blanks and comments; false at the end of the text.
    bool more() {
        while (!rest_.empty()) {
            if (rest_.front() == '#') {
                rest_.remove_prefix(std::min(rest_.size(), rest_.find('\n')));
            } else if (blanks.find(rest_.front()) != std::string_view::npos) {
                rest_.remove_prefix(1);
            } else {
                return true;
            }
        }
        return false;
    }

    bool take_end() {
        if (rest_.front() != ';') return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// A word; false when its quote is not closed or runs into other text.
    bool word(std::string* out) {
        const char quote = rest_.front();
        if (quote != '"' && quote != '\'') {
            while (!rest_.empty() && blanks.find(rest_.front()) == std::string_view::npos &&
                   rest_.front() != ';') {
                out->push_back(character());
            }
            return true;
        }
        rest_.remove_prefix(1);
        while (!rest_.empty() && rest_.front() != quote)
            out->push_back(character());
        if (rest_.empty()) return false;
        rest_.remove_prefix(1);
        return rest_.empty() || rest_.front() == ';' || blanks.find(rest_.front()) != std::string_view::npos;
    }

  private:
    char character() {
        char c = rest_.front();
        rest_.remove_prefix(1);
        if (c != '\\' || rest_.empty()) return c;
        static constexpr std::string_view escapes = "\"'\\;trn";
        static constexpr std::string_view meanings = "\"'\\;\t\r\n";
        const std::size_t at = escapes.find(rest_.front());
        if (at == std::string_view::npos) return c;
        rest_.remove_prefix(1);
        return meanings[at];
    }

    std::string_view rest_;
};

}  // namespace

bool tokenize(std::string_view text, std::vector<Directive>* directives, LanguageError* error) {
    Tokenizer tokenizer(text);
    Directive current;
    directives->clear();
    while (tokenizer.more()) {
        if (tokenizer.take_end()) {
            if (current.empty()) {
                *error = {directives->size(), "unexpected \";\""};
                return false;
            }
            directives->push_back(std::move(current));
            current.clear();
            continue;
        }
        if (!tokenizer.word(&current.emplace_back())) {
            *error = {directives->size(), "\"" + current.back() + "\" lacks a closing quote"};
            return false;
        }
    }
    if (current.empty()) return true;
    *error = {directives->size(), "\"" + current.front() + "\" is not terminated by \";\""};
    return false;
}

}  // namespace webhook::signature
