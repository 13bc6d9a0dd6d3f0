#include "base/url.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/urlencoded.hpp"

namespace webhook::base {

UrlParts split_url(std::string_view text) {
    static constexpr std::string_view mark = "://";
    UrlParts parts;
    parts.tail = text;
    const std::size_t colon = text.find_first_of(":/?#");
    if (colon != std::string_view::npos && colon > 0 && starts_with(text.substr(colon), mark)) {
        parts.scheme = text.substr(0, colon);
        const std::string_view rest = text.substr(colon + mark.size());
        parts.authority = rest.substr(0, rest.find_first_of("/?#"));
        parts.tail = rest.substr(parts.authority.size());
    }
    parts.target = parts.tail.substr(0, parts.tail.find('#'));
    parts.path = parts.target.substr(0, parts.target.find('?'));
    parts.has_query = parts.path.size() < parts.target.size();
    if (parts.has_query) parts.query = parts.target.substr(parts.path.size() + 1);
    return parts;
}

std::string_view path_of(std::string_view url) {
    const std::string_view path = split_url(url).path;
    return starts_with(path, "/") ? path : std::string_view();
}

std::string_view query_of(std::string_view url) {
    return split_url(url).query;
}

void append_param(std::string_view name, std::string_view value, std::string* url) {
    const std::size_t end = std::min(url->find('#'), url->size());
    const std::string fragment = url->substr(end);
    url->resize(end);
    url->push_back(url->find('?') == std::string::npos ? '?' : '&');
    encode(name, url);
    url->push_back('=');
    encode(value, url);
    url->append(fragment);
}

const char* split_authority(std::string_view authority, HostPort* parts) {
    parts->bracketed = starts_with(authority, "[");
    const std::size_t end = std::min(authority.find(parts->bracketed ? ']' : ':'), authority.size());
    if (parts->bracketed && end == authority.size()) return "has \"[\" without \"]\"";
    parts->host = parts->bracketed ? authority.substr(1, end - 1) : authority.substr(0, end);
    const std::string_view rest = authority.substr(parts->bracketed ? end + 1 : end);
    parts->has_colon = starts_with(rest, ":");
    if (!rest.empty() && !parts->has_colon) return "has text between \"]\" and the port";
    parts->port = parts->has_colon ? rest.substr(1) : std::string_view();
    return nullptr;
}

bool parse_port(std::string_view text, std::uint16_t* port) {
    return to_number(text, port) && *port != 0;
}

}  // namespace webhook::base
