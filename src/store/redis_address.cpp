#include "store/redis_address.hpp"

#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <tuple>

#include "base/text.hpp"

namespace webhook::store {

namespace {

constexpr unsigned largest_number = 65535;  ///< of ports, and more databases than any server has

constexpr std::size_t max_socket_path = sizeof(sockaddr_un::sun_path) - 1;

bool parse_number(std::string_view text, unsigned* number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
    return error == std::errc{} && end == text.data() + text.size() && *number <= largest_number;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        const char* const digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            out += static_cast<char>(byte);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

// Each gives what is wrong; nullptr: nothing.

const char* parse_unix(std::string_view rest, RedisAddress* address) {
    if (const auto colon = rest.rfind(':'); colon != std::string_view::npos) {
        if (!parse_number(rest.substr(colon + 1), &address->database))
            return "the database in the Redis URL is not a number (unix:/path[:db])";
        rest = rest.substr(0, colon);
    }
    if (rest.empty() || rest.front() != '/') return "the Redis URL needs an absolute path: unix:/path[:db]";
    if (rest.size() > max_socket_path) return "the socket's path in the Redis URL is longer than 107 bytes";
    address->path = rest;
    return nullptr;
}

void parse_user(std::string_view text, RedisAddress* address) {
    const auto colon = text.find(':');
    address->user = percent_decoded(text.substr(0, colon));
    if (colon != std::string_view::npos) address->password = percent_decoded(text.substr(colon + 1));
}

const char* parse_host(std::string_view text, RedisAddress* address) {
    const bool bracketed = !text.empty() && text.front() == '[';
    const auto end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
    if (end == std::string_view::npos) return "the Redis URL has \"[\" without \"]\"";
    address->host = text.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end);
    const std::string_view port = text.substr(bracketed ? end + 1 : end);
    if (address->host.empty()) return "the Redis URL has no host (redis://host:port/db)";
    if (port.empty()) return nullptr;
    const bool good =
        port.front() == ':' && parse_number(port.substr(1), &address->port) && address->port != 0;
    return good ? nullptr : "the port in the Redis URL is not a number from 1 to 65535";
}

const char* parse_tcp(std::string_view rest, RedisAddress* address) {
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        parse_user(rest.substr(0, at), address);
        rest.remove_prefix(at + 1);
    }
    const auto slash = std::min(rest.find('/'), rest.size());
    const std::string_view database = rest.substr(std::min(slash + 1, rest.size()));
    if (!database.empty() && !parse_number(database, &address->database))
        return "the database in the Redis URL is not a number (redis://host:port/db)";
    return parse_host(rest.substr(0, slash), address);
}

std::string parse(std::string_view url, RedisAddress* address) {
    const char* problem = "not a Redis URL: use redis://host:port/db or unix:/path[:db]";
    for (const std::string_view later : {"rediss://", "redis-cluster://", "redis-sentinel://"}) {
        if (base::starts_with(url, later))
            return std::string(later) + " is not supported by this version: use redis:// or unix:";
    }
    if (base::take_prefix(&url, "unix:")) {
        problem = parse_unix(url, address);
    } else if (base::take_prefix(&url, "redis://")) {
        problem = parse_tcp(url, address);
    }
    return problem == nullptr ? std::string() : problem;
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

std::optional<RedisAddress> parse_redis_url(std::string_view url, std::string* error) {
    RedisAddress address;
    *error = parse(url, &address);
    if (!error->empty()) return std::nullopt;
    return address;
}

}  // namespace webhook::store
