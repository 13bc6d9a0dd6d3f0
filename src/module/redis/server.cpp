#include "module/redis/server.hpp"

#include <algorithm>

namespace webhook::module {

namespace {

bool same_host(const RedisAddress& a, const RedisAddress& b) {
    return a.database == b.database && a.host == b.host && a.port == b.port;
}

/// True for the same Redis, maybe under two names.
bool same_address(const RedisAddress& a, const RedisAddress& b) {
    if (same_host(a, b)) return true;
    return a.database == b.database && !a.endpoints.empty() && !b.endpoints.empty() &&
           a.endpoints.front() == b.endpoints.front();
}

bool same_server(const RedisServer& server, const ServerSettings& settings) {
    return same_host(server.address, settings.address) && server.user == settings.user &&
           server.password == settings.password && server.timeout == settings.timeout &&
           server.connect_timeout == settings.connect_timeout;
}

Stream* find_stream(const RedisServer& server, const std::string& name) {
    const auto found = std::find_if(
        server.streams.begin(), server.streams.end(),
        [&name](const std::unique_ptr<Stream>& stream) { return stream->appender.settings().name == name; });
    return found == server.streams.end() ? nullptr : found->get();
}

RedisServer* add_server(Servers* servers, ServerSettings settings) {
    auto server = std::make_unique<RedisServer>();
    server->address = std::move(settings.address);
    server->user = std::move(settings.user);
    server->password = std::move(settings.password);
    server->timeout = settings.timeout;
    server->connect_timeout = settings.connect_timeout;
    servers->push_back(std::move(server));
    return servers->back().get();
}

}  // namespace

const Stream* find_other_settings(const Servers& servers, const RedisAddress& address,
                                  const store::StreamSettings& settings) {
    for (const auto& server : servers) {
        if (!same_address(server->address, address)) continue;
        const Stream* stream = find_stream(*server, settings.name);
        if (stream != nullptr && !store::agree(stream->appender.settings(), settings)) return stream;
    }
    return nullptr;
}

RedisServer* find_or_add_server(Servers* servers, ServerSettings settings) {
    const auto found = std::find_if(
        servers->begin(), servers->end(),
        [&settings](const std::unique_ptr<RedisServer>& server) { return same_server(*server, settings); });
    return found == servers->end() ? add_server(servers, std::move(settings)) : found->get();
}

Stream* find_or_add_stream(Servers* servers, ServerSettings settings, const store::StreamSettings& stream) {
    RedisServer* server = find_or_add_server(servers, std::move(settings));
    if (Stream* known = find_stream(*server, stream.name)) {
        if (known->appender.settings().dedup_window_ms == 0) known->appender = store::Appender(stream);
        return known;
    }
    server->streams.push_back(std::make_unique<Stream>(stream, server));
    return server->streams.back().get();
}

}  // namespace webhook::module
