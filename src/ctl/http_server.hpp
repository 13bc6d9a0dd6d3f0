#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "ctl/message.hpp"

namespace webhook::ctl {

/// A request as it arrived.
struct HttpArrival {
    std::string method, target, url;  ///< url: http://HOST/target
    Headers headers;
    std::string body;
};

/// Address of the server and its response.
struct HttpServerOptions {
    std::string address;      ///< IPv4 or IPv6
    unsigned short port = 0;  ///< 0: any free one
    int status = 200;
    std::chrono::milliseconds delay{0};  ///< before each answer
    std::size_t count = 0;               ///< ends after this number of requests; 0: never
    std::function<void(const std::string& url)> listening = {};
    std::function<void(HttpArrival)> arrived = {};
};

/// Serves until SIGINT, SIGTERM or `count` requests. Throws Failure when it cannot listen.
/// Requests up to 64 MiB, of which 64 KiB may be header and chunk syntax; beyond that, and where the length
/// of the body can be understood in two ways, 400 and the end of the connection.
void serve_http(const HttpServerOptions& options);

}  // namespace webhook::ctl
