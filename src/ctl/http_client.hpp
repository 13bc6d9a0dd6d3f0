#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ctl/message.hpp"

namespace webhook::ctl {

/// An absolute URL in its parts.
struct Url {
    bool tls = false;
    std::string host;
    std::uint16_t port = 0;
    std::string target;  ///< path and query; "/" at least

    /// For the Host header.
    std::string authority() const;
};

/// Throws Failure: only http and https.
Url parse_url(std::string_view text);

/// A response.
struct HttpAnswer {
    int status = 0;  ///< 0: there was none, see `error`
    std::string body, error;
    std::chrono::microseconds took{0};
};

/// How requests are sent.
struct HttpClientOptions {
    std::chrono::milliseconds timeout{30000};  ///< of each step: connecting, one exchange
    bool verify_certificate = true;
};

/// One keep-alive connection to one server. Follows no redirects.
class HttpClient {
  public:
    HttpClient(boost::asio::any_io_executor executor, Url url, HttpClientOptions options);
    ~HttpClient();

    /// Headers are sent as given, beside Host, Content-Length and, unless given, User-Agent. Never throws.
    boost::asio::awaitable<HttpAnswer> send(std::string method, std::string target, Headers headers,
                                            std::string body);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace webhook::ctl
