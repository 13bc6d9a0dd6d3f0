#include "ctl/redis_url.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <optional>

#include "ctl/failure.hpp"
#include "event/text.hpp"

namespace webhook::ctl {

namespace {

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::string percent_decode(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        const char* digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
            decoded += static_cast<char>(value);
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

RedisUrl parse_unix(std::string_view rest) {
    RedisUrl url;
    if (const auto colon = rest.rfind(':'); colon != std::string_view::npos) {
        const auto database = parse_number<unsigned>(rest.substr(colon + 1));
        if (!database) throw Failure("the database in the Redis URL is not a number (unix:/path[:db])");
        url.database = *database;
        rest = rest.substr(0, colon);
    }
    if (rest.empty() || rest[0] != '/')
        throw Failure("the Redis URL needs an absolute path: unix:/path[:db]");
    url.path = rest;
    return url;
}

void parse_user(std::string_view text, RedisUrl* url) {
    const auto colon = text.find(':');
    url->user = percent_decode(text.substr(0, colon));
    if (colon != std::string_view::npos) url->password = percent_decode(text.substr(colon + 1));
}

void parse_address(std::string_view text, RedisUrl* url) {
    std::string_view port;
    if (!text.empty() && text[0] == '[') {
        const auto close = text.find(']');
        if (close == std::string_view::npos) throw Failure("the Redis URL has \"[\" without \"]\"");
        url->host = text.substr(1, close - 1);
        port = text.substr(close + 1);
    } else {
        const auto colon = std::min(text.find(':'), text.size());
        url->host = text.substr(0, colon);
        port = text.substr(colon);
    }
    if (url->host.empty()) throw Failure("the Redis URL has no host (redis://host:port/db)");
    if (port.empty()) return;
    const auto number = parse_number<int>(port.substr(1));
    if (port[0] != ':' || !number || *number < 1 || *number > 65535) {
        throw Failure("the port in the Redis URL is not a number from 1 to 65535");
    }
    url->port = *number;
}

RedisUrl parse_tcp(std::string_view rest) {
    RedisUrl url;
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        parse_user(rest.substr(0, at), &url);
        rest.remove_prefix(at + 1);
    }
    const auto slash = rest.find('/');
    if (slash != std::string_view::npos && slash + 1 < rest.size()) {
        const auto database = parse_number<unsigned>(rest.substr(slash + 1));
        if (!database) throw Failure("the database in the Redis URL is not a number (redis://host:port/db)");
        url.database = *database;
    }
    parse_address(rest.substr(0, slash), &url);
    return url;
}

}  // namespace

std::string RedisUrl::display() const {
    std::string text = path.empty() ? fmt::format("{}:{}", host, port) : "unix:" + path;
    if (database != 0) text += fmt::format(" (database {})", database);
    return text;
}

RedisUrl parse_redis_url(std::string_view text) {
    if (event::take_prefix(&text, "unix:")) return parse_unix(text);
    if (event::take_prefix(&text, "redis://")) return parse_tcp(text);
    for (const std::string_view other : {"rediss://", "redis-cluster://", "redis-sentinel://"}) {
        if (text.starts_with(other)) {
            throw Failure(fmt::format("{} is not supported by this version: use redis:// or unix:", other));
        }
    }
    throw Failure("not a Redis URL: use redis://host:port/db or unix:/path[:db]");
}

RedisUrl redis_url_from(std::string_view option) {
    const char* environment = std::getenv("WEBHOOK_REDIS");
    if (option.empty() && environment != nullptr) option = environment;
    RedisUrl url = parse_redis_url(option.empty() ? "redis://127.0.0.1:6379" : option);
    const char* password = std::getenv("WEBHOOK_REDIS_PASSWORD");
    if (url.password.empty() && password != nullptr) url.password = password;
    return url;
}

}  // namespace webhook::ctl
