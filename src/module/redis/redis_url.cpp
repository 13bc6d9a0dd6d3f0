#include "module/redis/redis_url.hpp"

#include <sys/un.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "module/ngx/pool.hpp"
#include "module/redis/name_lookup.hpp"

namespace webhook::module {

namespace {

constexpr std::string_view tcp_prefix = "redis://", unix_prefix = "unix:";
constexpr in_port_t default_port = 6379;
constexpr unsigned max_database = 65535;

constexpr const char* invalid_database = "invalid database number, 0 to 65535 expected";

bool parse_database(std::string_view text, unsigned* database) {
    const ngx_int_t number = ngx_atoi(to_ngx(text).data, text.size());
    if (number < 0 || number > static_cast<ngx_int_t>(max_database)) return false;
    *database = static_cast<unsigned>(number);
    return true;
}

/// What is refused by name, because it will exist or exists elsewhere.
const char* unsupported(std::string_view url) {
    if (base::take_prefix(&url, "rediss://")) return "\"rediss://\" (TLS) is not supported by this build";
    if (base::take_prefix(&url, "redis-cluster://"))
        return "\"redis-cluster://\" is not supported by this version";
    if (base::take_prefix(&url, "redis-sentinel://"))
        return "\"redis-sentinel://\" is not supported by this version";
    return "\"redis://\" or \"unix:\" expected";
}

const char* parse_unix(std::string_view rest, RedisAddress* address) {
    const std::size_t colon = rest.rfind(':');
    if (colon != std::string_view::npos) {
        if (!parse_database(rest.substr(colon + 1), &address->database)) return invalid_database;
        rest = rest.substr(0, colon);
    }
    if (rest.empty() || rest[0] != '/') return "absolute path expected";
    if (rest.size() >= sizeof(sockaddr_un::sun_path)) return "too long path";
    sockaddr_un path{};
    path.sun_family = AF_UNIX;
    rest.copy(path.sun_path, rest.size());
    address->host = rest;
    address->endpoints.emplace_back(reinterpret_cast<const sockaddr*>(&path), socklen_t{sizeof path});
    return nullptr;
}

bool is_host_name(std::string_view host) {
    return std::all_of(host.begin(), host.end(), [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_';
    });
}

void look_up_first(ngx_conf_t* cf, RedisAddress* address) {
    const char* const host = address->host.c_str();
    address->lookups = find_thread_pool(cf);
    HostAddresses now = look_up(address->host, address->port);
    if (address->lookups == nullptr) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "this nginx has no threads, or an event method without them: the host \"%s\" of "
                           "\"webhook_redis\" "
                           "is looked up at start and reload only",
                           host);
    }
    if (now.found.empty()) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "the host \"%s\" of \"webhook_redis\" has no address now (%s): until it has one%s "
                           "events are answered 503",
                           host, now.problem.c_str(),
                           address->lookups != nullptr ? "" : " and nginx is reloaded");
    }
    address->endpoints = std::move(now.found);
}

const char* parse_host(ngx_conf_t* cf, std::string_view host, RedisAddress* address) {
    if (base::starts_with(host, unix_prefix)) return "invalid host";
    ngx_url_t url{};
    url.url = to_ngx(copy_to_pool(cf->pool, host));
    url.default_port = default_port;
    url.no_resolve = 1;
    if (ngx_parse_url(cf->pool, &url) != NGX_OK) {
        if (url.err == nullptr) return "invalid host";
        return std::string_view(url.err) == "invalid port" ? "invalid port, 1 to 65535 expected" : url.err;
    }
    if (url.naddrs != 0) {
        address->endpoints.emplace_back(url.addrs[0].sockaddr, url.addrs[0].socklen);
        address->host = address->endpoints.front().text();
        address->port = ngx_inet_get_port(url.addrs[0].sockaddr);
        return nullptr;
    }
    address->host = view(url.host);
    std::transform(address->host.begin(), address->host.end(), address->host.begin(),
                   [](unsigned char c) { return static_cast<char>(ngx_tolower(c)); });
    if (!is_host_name(address->host)) return "invalid host";
    address->port = url.port;
    address->is_name = true;
    look_up_first(cf, address);
    return nullptr;
}

}  // namespace

const char* parse_redis_url(ngx_conf_t* cf, std::string_view url, RedisAddress* address) {
    address->url = url;
    if (base::take_prefix(&url, unix_prefix)) return parse_unix(url, address);
    if (!base::take_prefix(&url, tcp_prefix)) return unsupported(url);
    if (url.find('@') != std::string_view::npos)
        return "user and password belong into \"webhook_redis_auth\"";
    const std::size_t slash = url.find('/');
    if (slash != std::string_view::npos) {
        const std::string_view database = url.substr(slash + 1);
        if (!database.empty() && !parse_database(database, &address->database)) return invalid_database;
        url = url.substr(0, slash);
    }
    if (url.empty()) return "no host";
    return parse_host(cf, url, address);
}

}  // namespace webhook::module
