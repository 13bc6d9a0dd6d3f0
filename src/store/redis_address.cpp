#include "store/redis_address.hpp"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <tuple>

#include "base/text.hpp"
#include "base/url.hpp"
#include "base/urlencoded.hpp"

namespace webhook::store {

namespace {

constexpr std::string_view tcp_prefix = "redis://", unix_prefix = "unix:";
constexpr unsigned max_database = 65535;  ///< more than any server has
constexpr std::size_t max_host = 253;
constexpr std::size_t max_socket_path = sizeof(sockaddr_un::sun_path) - 1;
static_assert(max_socket_path == 107, "the message says so");

// Each returns what is wrong; nullptr: nothing.

const char* parse_database(std::string_view text, unsigned* database) {
    const char* const end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, *database);
    const bool good = error == std::errc{} && last == end && *database <= max_database;
    return good ? nullptr : "invalid database number, 0 to 65535 expected";
}

const char* parse_unix(std::string_view path, RedisAddress* address) {
    if (const auto colon = path.rfind(':'); colon != std::string_view::npos) {
        if (const char* problem = parse_database(path.substr(colon + 1), &address->database)) return problem;
        path = path.substr(0, colon);
    }
    if (!base::starts_with(path, "/")) return "absolute path expected (unix:/path[:db])";
    if (path.size() > max_socket_path) return "the path of the socket is longer than 107 bytes";
    address->path = path;
    return nullptr;
}

void parse_user(std::string_view text, RedisAddress* address) {
    const auto colon = text.find(':');
    address->user = base::decode_escapes(text.substr(0, colon), {});
    if (colon != std::string_view::npos) address->password = base::decode_escapes(text.substr(colon + 1), {});
}

bool is_host(const base::HostPort& parts) {
    in6_addr v6{};
    if (parts.bracketed) return ::inet_pton(AF_INET6, std::string(parts.host).c_str(), &v6) == 1;
    return parts.host.size() <= max_host && std::all_of(parts.host.begin(), parts.host.end(), [](char c) {
               return base::is_alphanumeric(c) || c == '.' || c == '-' || c == '_';
           });
}

const char* parse_host(std::string_view text, RedisAddress* address) {
    base::HostPort parts;
    std::uint16_t port = 6379;
    if (const char* problem = base::split_authority(text, &parts)) return problem;
    if (parts.host.empty()) return "no host (redis://host:port/db)";
    if (!is_host(parts)) return "invalid host";
    if (parts.has_colon && !base::parse_port(parts.port, &port)) return "invalid port, 1 to 65535 expected";
    address->host = base::lower(parts.host);
    address->port = port;
    return nullptr;
}

const char* parse_tcp(std::string_view rest, RedisAddress* address) {
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        parse_user(rest.substr(0, at), address);
        rest.remove_prefix(at + 1);
    }
    const auto slash = std::min(rest.find('/'), rest.size());
    const std::string_view database = rest.substr(std::min(slash + 1, rest.size()));
    const char* problem = database.empty() ? nullptr : parse_database(database, &address->database);
    return problem != nullptr ? problem : parse_host(rest.substr(0, slash), address);
}

/// Names what will exist or exists elsewhere.
const char* unsupported(std::string_view url) {
    if (base::starts_with(url, "rediss://")) return "\"rediss://\" (TLS) is not supported by this build";
    if (base::starts_with(url, "redis-cluster://"))
        return "\"redis-cluster://\" is not supported by this version";
    if (base::starts_with(url, "redis-sentinel://"))
        return "\"redis-sentinel://\" is not supported by this version";
    return "\"redis://\" or \"unix:\" expected";
}

}  // namespace

std::string RedisAddress::text() const {
    const std::string db = std::to_string(database);
    if (!path.empty()) return "unix:" + path + (database != 0 ? ":" + db : "");
    const bool v6 = host.find(':') != std::string::npos;
    return "redis://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port) +
           (database != 0 ? "/" + db : "");
}

bool RedisAddress::same_place(const RedisAddress& other) const {
    return std::tie(host, port, path, database) ==
           std::tie(other.host, other.port, other.path, other.database);
}

bool RedisAddress::operator==(const RedisAddress& other) const {
    return same_place(other) && user == other.user && password == other.password;
}

const char* parse_redis_url(std::string_view url, RedisAddress* address) {
    *address = {};
    if (base::take_prefix(&url, unix_prefix)) return parse_unix(url, address);
    if (base::take_prefix(&url, tcp_prefix)) return parse_tcp(url, address);
    return unsupported(url);
}

std::optional<RedisAddress> parse_redis_url(std::string_view url, std::string* error) {
    RedisAddress address;
    const char* const problem = parse_redis_url(url, &address);
    error->clear();
    if (problem == nullptr) return address;
    *error = std::string(problem) + " in the Redis URL";
    return std::nullopt;
}

}  // namespace webhook::store
