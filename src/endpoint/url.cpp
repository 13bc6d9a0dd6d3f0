#include "endpoint/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "event/source.hpp"

namespace webhook::endpoint {
namespace {

constexpr std::size_t max_url = 4096;
constexpr std::array<std::string_view, 13> attributes{
    "id",           "source", "type",     "time",   "tenant",         "key", "method", "path",
    "partitionkey", "remote", "received", "stream", "datacontenttype"};

bool take_scheme(std::string_view* rest, Url* url) {
    const std::string head = base::lower(rest->substr(0, 8));
    if (head == "https://") {
        url->tls = true;
        rest->remove_prefix(8);
        return true;
    }
    if (!head.starts_with("http://")) return false;
    rest->remove_prefix(7);
    return true;
}

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

std::string take_port(std::string_view text, Url* url) {
    unsigned port = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (ec != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535) {
        return "the port is not a number from 1 to 65535";
    }
    url->port = static_cast<std::uint16_t>(port);
    return {};
}

/// host[:port] or [v6][:port]; an empty string is success.
std::string take_authority(std::string_view text, Url* url) {
    if (text.find('@') != std::string_view::npos)
        return "user and password do not belong in the URL; use headers or sign";
    if (text.find('{') != std::string_view::npos) return "macros are allowed in path and query only";
    const bool bracketed = !text.empty() && text.front() == '[';
    const std::size_t close = bracketed ? text.find(']') : text.find(':');
    if (bracketed && close == std::string_view::npos) return "the URL has \"[\" without \"]\"";
    const std::string_view host = bracketed ? text.substr(1, close - 1) : text.substr(0, close);
    if (std::string error = check_host(host, bracketed); !error.empty()) return error;
    url->host = base::lower(host);
    std::string_view rest =
        close == std::string_view::npos ? std::string_view() : text.substr(close + (bracketed ? 1 : 0));
    const std::uint16_t own = url->tls ? 443 : 80;
    url->port = own;
    if (!rest.empty()) {
        if (rest.front() != ':') return "the URL's host and port cannot be read";
        if (std::string error = take_port(rest.substr(1), url); !error.empty()) return error;
    }
    url->authority = bracketed ? "[" + url->host + "]" : url->host;
    if (url->port != own) url->authority += ":" + std::to_string(url->port);
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
    std::string_view rest = text;
    if (text.size() > max_url) {
        *error = "the URL is longer than " + std::to_string(max_url) + " bytes";
        return std::nullopt;
    }
    if (!take_scheme(&rest, &url)) {
        *error = "the URL must begin with http:// or https://";
        return std::nullopt;
    }
    const std::size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
    *error = take_authority(rest.substr(0, slash), &url);
    if (error->empty()) *error = take_target(rest.substr(slash), &url);
    if (!error->empty()) return std::nullopt;
    return url;
}

}  // namespace webhook::endpoint
