#include "endpoint/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "event/source.hpp"

namespace webhook::endpoint {
namespace {

constexpr std::size_t max_url = 4096;
constexpr std::array<std::string_view, 13> attributes{
    "id",           "source", "type",     "time",   "tenant",         "key", "method", "path",
    "partitionkey", "remote", "received", "stream", "datacontenttype"};

std::string check_host(std::string_view host, bool bracketed) {
    if (host.empty()) return "the URL has no host";
    if (host.size() > 253) return "the host name is too long";
    for (const char c : host) {
        if (static_cast<unsigned char>(c) >= 0x80) return "write the host name in its ASCII form (xn--...)";
        const bool good = bracketed ? (base::is_alphanumeric(c) || c == ':' || c == '.')
                                    : (base::is_alphanumeric(c) || c == '-' || c == '.' || c == '_');
        if (!good) return "the host has a character that is not allowed";
    }
    in6_addr address{};
    if (bracketed && inet_pton(AF_INET6, std::string(host).c_str(), &address) != 1)
        return "what stands in brackets is not an IPv6 address";
    return {};
}

/// host[:port] or [v6][:port]; an empty string is success.
std::string take_authority(std::string_view text, Url* url) {
    if (text.find('@') != std::string_view::npos)
        return "user and password do not belong in the URL; use headers or sign";
    if (text.find('{') != std::string_view::npos) return "macros are allowed in path and query only";
    base::HostPort parts;
    if (const char* problem = base::split_authority(text, &parts)) return std::string("the URL ") + problem;
    if (std::string error = check_host(parts.host, parts.bracketed); !error.empty()) return error;
    const std::uint16_t default_port = url->tls ? 443 : 80;
    url->port = default_port;
    if (parts.has_colon && !base::parse_port(parts.port, &url->port))
        return "the port is not a number from 1 to 65535";
    url->host = base::lower(parts.host);
    url->authority = parts.bracketed ? "[" + url->host + "]" : url->host;
    if (url->port != default_port) url->authority += ":" + std::to_string(url->port);
    return {};
}

/// The text between the braces of one macro.
std::string take_macro(std::string_view text, UrlPart* part) {
    if (const std::size_t bar = text.find('|'); bar != std::string_view::npos) {
        return "filters in macros are not supported by this version";
    }
    std::vector<std::string> tokens;
    if (text.starts_with("/")) {
        if (!event::parse_pointer(text, &tokens))
            return "a macro that begins with \"/\" is not a JSON pointer";
        *part = {UrlPart::Kind::pointer, std::string(text)};
    } else if (text.starts_with("query.") && text.size() > 6) {
        *part = {UrlPart::Kind::query, std::string(text.substr(6))};
    } else if (text.starts_with("header.") && text.size() > 7) {
        *part = {UrlPart::Kind::header, base::lower(text.substr(7))};
    } else if (std::find(attributes.begin(), attributes.end(), text) != attributes.end()) {
        *part = {UrlPart::Kind::attribute, std::string(text)};
    } else {
        return "unknown macro (there are {/JSON/POINTER}, {query.NAME}, {header.NAME} and {ATTRIBUTE})" +
               base::did_you_mean(text, attributes);
    }
    return {};
}

std::string check_literal(std::string_view text) {
    for (const char c : text) {
        if (c == '}') return "the URL has \"}\" without \"{\"";
        if (c == '#') return "a fragment is never sent; leave out \"#\"";
        if (c <= 0x20 || c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '\\' || c == '^' || c == '`') {
            return "percent-encode what is neither a letter, a digit nor URL punctuation";
        }
    }
    return {};
}

std::string take_target(std::string_view text, Url* url) {
    url->target.push_back({UrlPart::Kind::literal, text.starts_with("/") ? "" : "/"});
    while (!text.empty()) {
        const std::size_t open = text.find('{');
        const std::string_view literal = text.substr(0, open);
        if (std::string error = check_literal(literal); !error.empty()) return error;
        if (url->target.back().kind != UrlPart::Kind::literal && !literal.empty()) url->target.emplace_back();
        if (!literal.empty()) url->target.back().text += literal;
        if (open == std::string_view::npos) return {};
        const std::size_t close = text.find('}', open);
        if (close == std::string_view::npos) return "the URL has \"{\" without \"}\"";
        UrlPart part;
        if (std::string error = take_macro(text.substr(open + 1, close - open - 1), &part); !error.empty())
            return error;
        url->target.push_back(std::move(part));
        text.remove_prefix(close + 1);
    }
    return {};
}

}  // namespace

std::optional<Url> parse_url(std::string_view text, std::string* error) {
    Url url;
    if (text.size() > max_url) {
        *error = "the URL is longer than " + std::to_string(max_url) + " bytes";
        return std::nullopt;
    }
    const base::UrlParts parts = base::split_url(text);
    url.tls = base::equal_names(parts.scheme, "https");
    if (!url.tls && !base::equal_names(parts.scheme, "http")) {
        *error = "the URL must begin with http:// or https://";
        return std::nullopt;
    }
    *error = take_authority(parts.authority, &url);
    if (error->empty()) *error = take_target(parts.tail, &url);
    if (!error->empty()) return std::nullopt;
    return url;
}

}  // namespace webhook::endpoint
