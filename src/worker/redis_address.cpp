#include "worker/redis_address.hpp"

#include <charconv>

#include "event/text.hpp"

namespace webhook::worker {

namespace {

bool parse_number(std::string_view text, unsigned max, unsigned* value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
    return error == std::errc{} && end == text.data() + text.size() && *value <= max;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
            out += static_cast<char>(byte);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

bool parse_unix(std::string_view rest, RedisAddress* address) {
    const auto colon = rest.rfind(':');
    if (colon != std::string_view::npos) {
        if (!parse_number(rest.substr(colon + 1), 65535, &address->database)) return false;
        rest = rest.substr(0, colon);
    }
    address->path = rest;
    return !rest.empty() && rest.front() == '/';
}

bool parse_authority(std::string_view authority, RedisAddress* address) {
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        const auto user_info = authority.substr(0, at);
        const auto colon = user_info.find(':');
        if (colon == std::string_view::npos) return false;
        address->user = percent_decoded(user_info.substr(0, colon));
        address->password = percent_decoded(user_info.substr(colon + 1));
        authority.remove_prefix(at + 1);
    }
    std::string_view host = authority;
    std::string_view after;
    if (!authority.empty() && authority.front() == '[') {
        const auto close = authority.find(']');
        if (close == std::string_view::npos) return false;
        host = authority.substr(1, close - 1);
        after = authority.substr(close + 1);
    } else if (const auto colon = authority.find(':'); colon != std::string_view::npos) {
        host = authority.substr(0, colon);
        after = authority.substr(colon);
    }
    if (!after.empty()) {
        unsigned port = 0;
        if (after.front() != ':' || !parse_number(after.substr(1), 65535, &port) || port == 0) return false;
        address->port = std::to_string(port);
    }
    address->host = host;
    return !host.empty();
}

bool parse_tcp(std::string_view rest, RedisAddress* address) {
    if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
        const auto database = rest.substr(slash + 1);
        if (!database.empty() && !parse_number(database, 65535, &address->database)) return false;
        rest = rest.substr(0, slash);
    }
    return parse_authority(rest, address);
}

}  // namespace

std::string RedisAddress::text() const {
    const std::string db = std::to_string(database);
    if (!path.empty()) return "unix:" + path + (database != 0 ? ":" + db : "");
    const bool v6 = host.find(':') != std::string::npos;
    return "redis://" + (v6 ? "[" + host + "]" : host) + ":" + port + (database != 0 ? "/" + db : "");
}

std::optional<RedisAddress> parse_redis_url(std::string_view url, std::string* error) {
    RedisAddress address;
    std::string_view rest = url;
    if (event::take_prefix(&rest, "unix:")) {
        if (parse_unix(rest, &address)) return address;
    } else if (event::take_prefix(&rest, "redis://")) {
        if (parse_tcp(rest, &address)) return address;
    } else {
        for (const std::string_view later : {"rediss://", "redis-cluster://", "redis-sentinel://"}) {
            if (!event::take_prefix(&rest, later)) continue;
            *error = std::string(later) + " is not supported by this version; use redis:// or unix:";
            return std::nullopt;
        }
    }
    *error = "\"" + std::string(url.substr(0, url.find('@') == std::string_view::npos ? url.size() : 0)) +
             "\" is not a Redis URL: write redis://host:port/db or unix:/path[:db]";
    return std::nullopt;
}

}  // namespace webhook::worker
