#include "event/param_mask.hpp"

#include <algorithm>
#include <cstddef>

#include "base/text.hpp"

namespace webhook::event {

namespace {

/// Times that a text is decoded: each server on the way may do so once.
constexpr int max_passes = 4;

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char small = base::lower(c);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/// A decoded character and the bytes that stand for it in the text.
struct Spelled {
    char c;
    std::size_t begin, end;
};
using Spelling = std::vector<Spelled>;

/// The number that `digits` hexadecimal digits at `at` make; -1: there are none.
int number_at(const Spelling& text, std::size_t at, std::size_t digits) {
    if (text.size() < at + digits) return -1;
    int number = 0;
    for (std::size_t i = at; i < at + digits; ++i) {
        const int digit = hex_value(text[i].c);
        if (digit < 0) return -1;
        number = number * 16 + digit;
    }
    return number;
}

/// Decodes in place %XX, and %uXXXX as IIS does; false when there is nothing.
bool decode_once(Spelling* text) {
    std::size_t to = 0;
    const std::size_t size = text->size();
    for (std::size_t at = 0; at < size; ++to) {
        Spelled one = (*text)[at];
        std::size_t length = 1;
        if (one.c == '%') {
            const bool wide = at + 1 < size && base::lower((*text)[at + 1].c) == 'u';
            const int number = wide ? number_at(*text, at + 2, 4) : number_at(*text, at + 1, 2);
            if (number >= 0) {
                length = wide ? 6 : 3;
                one.c = static_cast<char>(number < 256 ? number : 0x7f);
                one.end = (*text)[at + length - 1].end;
            }
        }
        (*text)[to] = one;
        at += length;
    }
    text->resize(to);
    return to != size;
}

Spelling decode_all(std::string_view text) {
    Spelling spelling;
    spelling.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i)
        spelling.push_back({text[i], i, i + 1});
    for (int pass = 0; pass < max_passes && decode_once(&spelling); ++pass) {
    }
    return spelling;
}

/// Before a name: also "/", for what a path holds.
bool is_separator(char c) {
    return c == '&' || c == ';' || c == '?' || c == '#' || c == '/' || c == '\n' || c == '\r';
}

bool is_blank(char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == '+' || c == 0x7f;
}

/// The name as frameworks compare it: no blanks around, small letters; PHP takes "." and blanks for "_".
std::string plain_name(std::string_view name) {
    while (!name.empty() && is_blank(name.front()))
        name.remove_prefix(1);
    while (!name.empty() && is_blank(name.back()))
        name.remove_suffix(1);
    std::string plain = base::lower(name);
    std::replace_if(
        plain.begin(), plain.end(), [](char c) { return is_blank(c) || c == '.'; }, '_');
    return plain;
}

bool is_one_of(std::string_view name, const std::vector<std::string>& names) {
    const std::string plain = plain_name(name);
    return !plain.empty() && std::any_of(names.begin(), names.end(), [&](const std::string& wanted) {
        return plain_name(wanted) == plain;
    });
}

/// Each part of `a[b][]` may be the name.
bool is_secret(std::string_view name, const std::vector<std::string>& names) {
    if (is_one_of(name, names)) return true;
    for (std::size_t end = 0; end != std::string_view::npos;
         name.remove_prefix(std::min(end + 1, name.size()))) {
        end = name.find_first_of("[]");
        if (is_one_of(name.substr(0, end), names)) return true;
    }
    return false;
}

/// Returns the password of "user:password/0". "unix:" and "[::1]" hold other colons.
void mask_no_ports(std::size_t host, std::string* url) {
    if (base::starts_with(*url, "unix:")) return;
    const std::size_t end = std::min(url->find('/', host), url->size());
    const std::size_t colon = url->find(':', host);
    if (colon == std::string::npos || colon >= end || url->find('[', host) < end) return;
    const std::string_view rest = std::string_view(*url).substr(colon + 1, end - colon - 1);
    if (rest.find_first_not_of("0123456789,") == std::string_view::npos ||
        rest.find(',') != std::string_view::npos)
        return;
    url->replace(colon + 1, end - colon - 1, masked_text);
}

}  // namespace

std::string mask_params(std::string_view text, const std::vector<std::string>& names) {
    const Spelling spelling = decode_all(text);
    std::string masked, name;
    std::size_t copied = 0;
    bool in_name = true;
    for (const Spelled& one : spelling) {
        if (one.begin < copied) continue;  // belongs to a value that is masked
        if (is_separator(one.c)) {
            name.clear();
            in_name = true;
        } else if (one.c != '=') {
            if (in_name) name.push_back(one.c);
        } else if (in_name) {
            in_name = false;
            if (!is_secret(name, names)) continue;
            masked.append(text.substr(copied, one.end - copied)).append(masked_text);
            copied = std::min(text.find('&', one.end), text.size());
        }
    }
    return masked.append(text.substr(copied));
}

std::string mask_url(std::string_view url) {
    const std::size_t user_end = url.rfind('@');
    const std::size_t tail = url.find_first_of("?#", user_end == std::string_view::npos ? 0 : user_end);
    std::string shown(url.substr(0, tail));
    const std::size_t slashes = shown.find("://"), at = shown.rfind('@');
    std::size_t host = slashes == std::string::npos ? 0 : slashes + 3;
    if (at != std::string::npos) {
        if (slashes == std::string::npos || slashes > at) host = 0;
        shown.replace(host, at - host, masked_text);
    }
    mask_no_ports(host, &shown);
    return tail == std::string_view::npos ? shown : shown.append(1, url[tail]).append(masked_text);
}

}  // namespace webhook::event
