#include "event/secret_text.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace webhook::event {

namespace {

template <std::size_t size>
bool is_one_of(std::string_view text, const std::array<std::string_view, size>& all) {
    return std::find(all.begin(), all.end(), text) != all.end();
}

bool begins_with_path(std::string_view text) {
    for (const std::string_view start : {"/", "./", "../", "~/", "\\\\", ".\\", "..\\"})
        if (base::starts_with(text, start)) return true;
    const bool drive = text.size() > 2 && base::is_alphanumeric(text[0]) && text[1] == ':';
    return drive && (text[2] == '\\' || text[2] == '/');
}

/// The word in front of the first of `:`, `=`, `/`, `\`, `(`, `{` or a blank, in lower case; empty: there is
/// none.
std::string first_word(std::string_view text) {
    const std::size_t end = text.find_first_of(":=/\\({ \t");
    if (end == std::string_view::npos) return {};
    return base::lower(text.substr(0, end));
}

/// `FILE:`, `file=`, `file//`, `fiel:` ...; "file:" itself was handled by the caller, or cannot be used
/// there.
constexpr std::array<std::string_view, 8> file_words = {"file", "files", "fiel", "flie",
                                                        "fle",  "filee", "fil",  "@file"};
constexpr std::array<std::string_view, 8> environment_words = {
    "env", "envs", "evn", "nev", "getenv", "$env", "environment", "process.env"};

bool is_word(char c) {
    return base::is_alphanumeric(c) || c == '_';
}

/// `$NAME`, `${NAME}`, `%NAME%`, `{{NAME}}`, `$(command)`.
bool is_variable(std::string_view text) {
    if (base::starts_with(text, "$(") ||
        (base::starts_with(text, "{{") && text.substr(text.size() - 1) == "}"))
        return true;
    if (text.size() > 2 && text.front() == '%' && text.back() == '%') {
        text = text.substr(1, text.size() - 2);
        return std::all_of(text.begin(), text.end(), is_word);
    }
    if (!base::take_prefix(&text, "$")) return false;
    if (text.size() > 2 && text.front() == '{' && text.back() == '}') text = text.substr(1, text.size() - 2);
    const bool begins = !text.empty() && is_word(text.front()) && (text.front() < '0' || text.front() > '9');
    return begins && std::all_of(text.begin(), text.end(), is_word);
}

bool is_placeholder(std::string_view text) {
    for (const std::string_view prefix : {"whsec_", "whsk_", "whpk_", "sha256=", "Bearer "}) {
        if (base::take_prefix(&text, prefix) && text.empty())
            return false;  // an empty key, which says so itself
    }
    if (base::starts_with(text, "...") || base::starts_with(text, "\xe2\x80\xa6")) return true;
    if (text.size() > 2 && text.front() == '<' && text.back() == '>') return true;
    if (text.size() > 2 && text.find_first_not_of("xX*") == std::string_view::npos) return true;
    // In capitals only: as text they are bad keys, but some are in use.
    constexpr std::array<std::string_view, 10> capitals = {
        "SECRET", "PASSWORD", "KEY", "TOKEN", "VALUE", "TEXT", "NAME", "USER", "USER:PASSWORD", "API_KEY"};
    if (is_one_of(text, capitals)) return true;
    std::string plain;
    for (const char c : text)
        if (base::is_alphanumeric(c)) plain.push_back(base::lower(c));
    constexpr std::array<std::string_view, 5> known = {"changeme", "changethis", "replaceme", "todo",
                                                       "fixme"};
    if (is_one_of(plain, known)) return true;
    const bool yours = base::starts_with(plain, "your") || base::starts_with(plain, "insertyour");
    for (const std::string_view end :
         {"secret", "secrethere", "password", "passwordhere", "key", "keyhere", "token", "tokenhere"}) {
        if (yours && plain.size() > end.size() && plain.substr(plain.size() - end.size()) == end) return true;
    }
    return false;
}

}  // namespace

std::string_view secret_mistake(std::string_view text, bool takes_variables) {
    text = base::trim_blanks(text);
    if (text.empty()) return {};
    if (begins_with_path(text)) return "looks like a path";
    if (base::starts_with(text, "secret:")) return "names a secret of the worker";
    const std::string word = first_word(text);
    if (is_one_of(word, file_words)) return "looks like a path";
    const bool is_reference = text.front() == '$' && takes_variables;
    if (!is_reference && (is_one_of(word, environment_words) || is_variable(text)))
        return "looks like the name of a variable";
    if (is_placeholder(text)) return "is a placeholder, which everybody knows";
    return {};
}

}  // namespace webhook::event
