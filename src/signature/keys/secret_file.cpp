#include "signature/keys/secret_file.hpp"

#include "base/fail.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "signature/keys/key_strength.hpp"

namespace webhook::signature {

namespace {

using namespace std::string_view_literals;

void drop_line_end(std::string* content) {
    if (content->empty() || content->back() != '\n') return;
    content->pop_back();
    if (!content->empty() && content->back() == '\r') content->pop_back();
}

/// True when every second byte is a NUL, as of ASCII in UTF-16.
bool is_utf16(std::string_view text) {
    const auto zeros = [text](std::size_t first) {
        for (std::size_t i = first; i < text.size(); i += 2)
            if (text[i] != '\0') return false;
        return true;
    };
    return text.size() > 1 && zeros(0) != zeros(1);
}

/// Judges the bytes as what an editor or a shell wrote.
bool check_encoding(std::string_view text, std::string* problem) {
    if (base::starts_with(text, "\xef\xbb\xbf"sv))
        return base::fail(problem, "begins with a byte order mark: save it as UTF-8 without BOM");
    if (base::starts_with(text, "\xff\xfe"sv) || base::starts_with(text, "\xfe\xff"sv) || is_utf16(text))
        return base::fail(problem, "is UTF-16: save it as UTF-8 without BOM");
    return text.find('\0') == std::string_view::npos ||
           base::fail(problem, "holds a NUL byte: give binary keys as base64 or hex");
}

bool shows_public_keys(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return text.find("-----BEGIN ") != std::string_view::npos || (first < text.size() && text[first] == '{');
}

/// Returns the quotes that the text begins and ends with; empty when there are none.
std::string_view quotes_around(std::string_view text) {
    constexpr struct {
        std::string_view open, close;
    } pairs[] = {{"\"", "\""},
                 {"'", "'"},
                 {"`", "`"},
                 {"\xe2\x80\x9c", "\xe2\x80\x9d"},
                 {"\xe2\x80\x98", "\xe2\x80\x99"},
                 {"\xe2\x80\x9e", "\xe2\x80\x9c"},
                 {"\xc2\xab", "\xc2\xbb"}};
    for (const auto& [open, close] : pairs) {
        const bool around = text.size() >= open.size() + close.size() && base::starts_with(text, open) &&
                            text.substr(text.size() - close.size()) == close;
        if (around) return open;
    }
    return {};
}

}  // namespace

bool read_secret_file(const std::string& path, std::string* secret, std::string* problem) {
    if (!base::read_file(path, max_secret_file, base::FileKind::regular, secret, problem)) return false;
    return take_secret_input(secret, problem);
}

bool take_secret_input(std::string* secret, std::string* problem) {
    if (!check_encoding(*secret, problem)) return false;  // before: the line end of UTF-16 has a NUL in it
    drop_line_end(secret);
    return check_secret_input(*secret, problem);
}

bool check_secret_input(std::string_view secret, std::string* problem) {
    if (secret.empty()) return base::fail(problem, "is empty: write the secret into it");
    if (!check_encoding(secret, problem)) return false;
    return !is_blank(secret) || base::fail(problem, "holds nothing but blanks: write the secret into it");
}

std::string warning_of_secret(std::string_view secret) {
    if (shows_public_keys(secret)) return {};
    const std::string_view inner = without_blanks_around(secret);
    if (inner.size() != secret.size())
        return "has blanks or line ends around the secret: remove them, unless they belong to it";
    if (!quotes_around(inner).empty())
        return "has quotes around the secret: remove them, unless they belong to it";
    return {};
}

}  // namespace webhook::signature
