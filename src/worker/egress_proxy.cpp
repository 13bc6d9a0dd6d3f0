#include "worker/egress_proxy.hpp"

#include "base/encoding.hpp"
#include "base/fail.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "base/urlencoded.hpp"
#include "endpoint/header_rules.hpp"
#include "endpoint/secrets.hpp"
#include "endpoint/url.hpp"

namespace webhook::worker {
namespace {

constexpr const char* form = "must be http://[user:password@]host:port";

/// Makes the value of Proxy-Authorization.
bool take_user(std::string_view text, const std::string& secrets_dir, link::Proxy* proxy,
               std::string* problem, std::string* warning) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0)
        return base::fail(problem, std::string(form) + ": before \"@\" are a user and a password");
    const std::string user = base::decode_escapes(text.substr(0, colon), "");
    const std::string password = base::decode_escapes(text.substr(colon + 1), "");
    endpoint::Resolved secret;
    if (!endpoint::Secrets(secrets_dir).resolve(password, &secret, problem)) return false;
    *warning = secret.warning;
    const std::string pair = user + ":" + secret.text;
    if (user.find(':') != std::string::npos || !endpoint::valid_header_value(pair))
        return base::fail(problem, "user and password have no control characters, and a user has no \":\"");
    proxy->authorization = "Basic ";
    base::encode_text(pair, base::Encoding::base64, &proxy->authorization);
    return true;
}

}  // namespace

std::optional<link::Proxy> parse_egress_proxy(std::string_view url, const std::string& secrets_dir,
                                              std::string* problem, std::string* warning) {
    link::Proxy proxy;
    const base::UrlParts parts = base::split_url(url);
    const std::size_t at = parts.authority.rfind('@');
    const std::string_view place = parts.authority.substr(at == std::string_view::npos ? 0 : at + 1);
    base::HostPort host_port;
    const bool good = base::equal_names(parts.scheme, "http") && (parts.tail.empty() || parts.tail == "/") &&
                      base::split_authority(place, &host_port) == nullptr && host_port.has_colon;
    std::string ignored;
    const auto parsed = good ? endpoint::parse_url("http://" + std::string(place), &ignored) : std::nullopt;
    if (!parsed) {
        *problem = form;
        return std::nullopt;
    }
    proxy.host = parsed->host;
    proxy.port = parsed->port;
    if (at != std::string_view::npos &&
        !take_user(parts.authority.substr(0, at), secrets_dir, &proxy, problem, warning))
        return std::nullopt;
    return proxy;
}

}  // namespace webhook::worker
