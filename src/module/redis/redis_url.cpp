#include "module/redis/redis_url.hpp"

#include <sys/un.h>

#include <utility>

#include "base/text.hpp"
#include "module/ngx/pool.hpp"
#include "module/redis/name_lookup.hpp"
#include "store/redis_address.hpp"

namespace webhook::module {

namespace {

void use_socket(const std::string& path, RedisAddress* address) {
    sockaddr_un socket{};
    socket.sun_family = AF_UNIX;
    path.copy(socket.sun_path, sizeof socket.sun_path - 1);
    address->host = path;
    address->endpoints.emplace_back(reinterpret_cast<const sockaddr*>(&socket), socklen_t{sizeof socket});
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

void use_host(ngx_conf_t* cf, const store::RedisAddress& parsed, RedisAddress* address) {
    address->host = parsed.host;
    address->port = static_cast<in_port_t>(parsed.port);
    ngx_addr_t numeric{};
    const ngx_str_t text = to_ngx(copy_to_pool(cf->pool, parsed.host));
    if (ngx_parse_addr(cf->pool, &numeric, text.data, text.len) == NGX_OK) {
        ngx_inet_set_port(numeric.sockaddr, address->port);
        address->endpoints.emplace_back(numeric.sockaddr, numeric.socklen);
        address->host = address->endpoints.front().text();
        return;
    }
    address->is_name = true;
    look_up_first(cf, address);
}

}  // namespace

const char* parse_redis_url(ngx_conf_t* cf, std::string_view url, RedisAddress* address) {
    store::RedisAddress parsed;
    address->url = url;
    if (base::starts_with(url, "redis://") && url.find('@') != std::string_view::npos)
        return "user and password belong into \"webhook_redis_auth\"";
    if (const char* problem = store::parse_redis_url(url, &parsed)) return problem;
    address->database = parsed.database;
    if (parsed.path.empty())
        use_host(cf, parsed, address);
    else
        use_socket(parsed.path, address);
    return nullptr;
}

}  // namespace webhook::module
