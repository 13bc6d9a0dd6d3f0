#include "endpoint/url.hpp"

#include <arpa/inet.h>

#include "base/text.hpp"
#include "base/url.hpp"

namespace webhook::endpoint {
namespace {

constexpr std::size_t max_url = 4096;

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

}  // namespace

bool has_macros(std::string_view text) {
    for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 2)) {
        if (text.substr(at, 2) != "{{") return true;
    }
    return false;
}

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
    if (!error->empty()) return std::nullopt;
    auto target = TargetTemplate::parse(parts.tail, text.size() - parts.tail.size(), error);
    if (!target) return std::nullopt;
    url.target = std::move(*target);
    return url;
}

}  // namespace webhook::endpoint
