#include "base/urlencoded.hpp"

#include "base/text.hpp"

namespace webhook::base {

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// True when the text begins with an escape, of that character.
bool is_escape(std::string_view text, char* c) {
    if (text.size() < 3 || text.front() != '%') return false;
    const int high = hex_value(text[1]);
    const int low = hex_value(text[2]);
    if (high < 0 || low < 0) return false;
    *c = static_cast<char>(high * 16 + low);
    return true;
}

/// Takes one decoded character off the front of `raw`, which is not empty.
char take_char(std::string_view* raw) {
    char c = raw->front();
    if (is_escape(*raw, &c)) {
        raw->remove_prefix(3);
        return c;
    }
    raw->remove_prefix(1);
    return c == '+' ? ' ' : c;
}

bool unreserved(char c) {
    return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

bool next_pair(std::string_view* query, std::string_view* pair) {
    while (!query->empty()) {
        const std::size_t end = query->find('&');
        *pair = query->substr(0, end);
        query->remove_prefix(end == std::string_view::npos ? query->size() : end + 1);
        if (!pair->empty()) return true;
    }
    return false;
}

std::string_view pair_name(std::string_view pair) {
    return pair.substr(0, pair.find('='));
}

bool name_is(std::string_view name, std::string_view wanted) {
    while (!name.empty() && !wanted.empty()) {
        if (take_char(&name) != wanted.front()) return false;
        wanted.remove_prefix(1);
    }
    return name.empty() && wanted.empty();
}

Param find_param(std::string_view query, std::string_view name) {
    Param found;
    std::string_view pair;
    while (next_pair(&query, &pair)) {
        const std::string_view key = pair_name(pair);
        if (!name_is(key, name)) continue;
        if (found.count++ == 0 && key.size() < pair.size()) found.raw = pair.substr(key.size() + 1);
    }
    return found;
}

bool is_encoded(std::string_view raw) {
    return raw.find_first_of("%+") != std::string_view::npos;
}

void decode(std::string_view raw, std::string* out) {
    out->reserve(out->size() + raw.size());
    while (!raw.empty())
        out->push_back(take_char(&raw));
}

std::string decode_escapes(std::string_view text, std::string_view only) {
    std::string out;
    while (!text.empty()) {
        char c = text.front();
        const bool decodes = is_escape(text, &c) && (only.empty() || only.find(c) != std::string_view::npos);
        out.push_back(decodes ? c : text.front());
        text.remove_prefix(decodes ? 3 : 1);
    }
    return out;
}

void encode(std::string_view value, std::string* out) {
    static constexpr char digits[] = "0123456789ABCDEF";
    for (const char c : value) {
        if (unreserved(c)) {
            out->push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out->push_back('%');
        out->push_back(digits[byte >> 4]);
        out->push_back(digits[byte & 15]);
    }
}

}  // namespace webhook::base
