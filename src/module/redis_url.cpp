#include "module/redis_url.hpp"

#include "event/text.hpp"
#include "module/pool.hpp"

namespace webhook::module {

namespace {

constexpr std::string_view tcp_prefix = "redis://", unix_prefix = "unix:";
constexpr in_port_t default_port = 6379;
constexpr unsigned max_database = 65535;

bool parse_database(std::string_view text, unsigned* database) {
    const ngx_int_t number = ngx_atoi(to_ngx(text).data, text.size());
    if (number < 0 || number > static_cast<ngx_int_t>(max_database)) return false;
    *database = static_cast<unsigned>(number);
    return true;
}

/// What is refused by name, because it will exist or exists elsewhere.
const char* unsupported(std::string_view url) {
    if (event::take_prefix(&url, "rediss://")) return "\"rediss://\" (TLS) is not supported by this build";
    if (event::take_prefix(&url, "redis-cluster://"))
        return "\"redis-cluster://\" is not supported by this version";
    if (event::take_prefix(&url, "redis-sentinel://"))
        return "\"redis-sentinel://\" is not supported by this version";
    return "\"redis://\" or \"unix:\" expected";
}

const char* parse_unix(std::string_view rest, RedisAddress* address) {
    const std::size_t colon = rest.rfind(':');
    if (colon != std::string_view::npos) {
        if (!parse_database(rest.substr(colon + 1), &address->database)) return "invalid database number";
        rest = rest.substr(0, colon);
    }
    if (rest.empty() || rest[0] != '/') return "absolute path expected";
    if (rest.size() >= sizeof(sockaddr_un::sun_path)) return "too long path";
    address->endpoints.push_back({std::string(rest), 0});
    return nullptr;
}

RedisAddress::Endpoint to_endpoint(const ngx_addr_t& addr) {
    u_char text[NGX_SOCKADDR_STRLEN];
    const std::size_t length = ngx_sock_ntop(addr.sockaddr, addr.socklen, text, sizeof text, 0);
    return {std::string(reinterpret_cast<char*>(text), length), ngx_inet_get_port(addr.sockaddr)};
}

const char* resolve(ngx_pool_t* pool, std::string_view host, RedisAddress* address) {
    if (event::starts_with(host, unix_prefix)) return "invalid host";
    ngx_url_t url{};
    url.url = to_ngx(copy_to_pool(pool, host));
    url.default_port = default_port;
    if (ngx_parse_url(pool, &url) != NGX_OK) return url.err != nullptr ? url.err : "invalid host";
    for (ngx_uint_t i = 0; i < url.naddrs; ++i)
        address->endpoints.push_back(to_endpoint(url.addrs[i]));
    return address->endpoints.empty() ? "host not found" : nullptr;
}

}  // namespace

const char* parse_redis_url(ngx_pool_t* pool, std::string_view url, RedisAddress* address) {
    address->url = url;
    if (event::take_prefix(&url, unix_prefix)) return parse_unix(url, address);
    if (!event::take_prefix(&url, tcp_prefix)) return unsupported(url);
    if (url.find('@') != std::string_view::npos)
        return "user and password belong into \"webhook_redis_auth\"";
    const std::size_t slash = url.find('/');
    if (slash != std::string_view::npos) {
        const std::string_view database = url.substr(slash + 1);
        if (!database.empty() && !parse_database(database, &address->database))
            return "invalid database number";
        url = url.substr(0, slash);
    }
    if (url.empty()) return "no host";
    return resolve(pool, url, address);
}

}  // namespace webhook::module
