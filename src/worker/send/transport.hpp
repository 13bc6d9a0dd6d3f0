#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "endpoint/url.hpp"
#include "link/connector.hpp"
#include "link/deadline.hpp"
#include "link/resolver.hpp"
#include "worker/send/address_guard.hpp"
#include "worker/send/origin.hpp"
#include "worker/send/response_parser.hpp"

namespace webhook::worker {

struct TransportOptions {
    std::shared_ptr<const AddressGuard> guard;  ///< nullptr: private addresses are not allowed
    std::size_t max_idle_per_origin = 64;       ///< idle connections kept for later requests
    std::optional<link::Proxy> proxy;           ///< connects to all receivers
    link::Resolver::LookUp look_up = link::Resolver::system_look_up;
};

/// Is the result of one request.
struct Exchange {
    bool answered = false;            ///< the response has a status
    bool got_some = false;            ///< at least one byte of it was received
    bool left_over = false;           ///< there were bytes after the response
    bool keep = false;                ///< the connection can carry another request
    bool no_resources = false;        ///< local descriptors or memory are exhausted
    bool wanted_certificate = false;  ///< the server asked for a client certificate; none was given
    std::string error;                ///< why there is no status
};

/// Sends requests and reads responses: resolves, guards and races addresses, keeps connections. Knows neither
/// endpoints nor events. On one thread.
class Transport : public std::enable_shared_from_this<Transport> {
  public:
    Transport(boost::asio::any_io_executor executor, TransportOptions options);

    /// Returns the setting of these PEM texts, which equal ones share; nullptr and a problem.
    std::shared_ptr<link::TlsClient> tls_client(const endpoint::Tls& texts, std::string* problem);
    /// `isolation`: connections are shared only if it is equal. `tls` is used for https only.
    std::shared_ptr<Origin> origin_of(const endpoint::Url& url, bool allow_private,
                                      std::shared_ptr<link::TlsClient> tls, const std::string& isolation);

    /// Sends one request. A kept connection that turns out to be closed is no failure: a new one is tried.
    /// Head and body stay valid until the end; `answer` is the response if there is one.
    boost::asio::awaitable<Exchange> request(Origin& origin, std::string_view head, std::string_view body,
                                             Clock::duration connect_timeout, link::AttemptDeadline& deadline,
                                             std::optional<ResponseParser>& answer);

    const boost::asio::any_io_executor& executor() const { return executor_; }
    link::Deadlines& deadlines() { return *deadlines_; }
    bool stopped() const { return deadlines_->stopped(); }
    void stop();

  private:
    using OriginKey = std::tuple<bool, std::string, std::uint16_t, bool, std::string>;
    using ConnectionPtr = std::unique_ptr<HttpConnection>;

    boost::asio::awaitable<std::shared_ptr<const Addresses>> find(const std::string& host,
                                                                  link::AttemptDeadline& deadline,
                                                                  std::string* error);
    boost::asio::awaitable<ConnectionPtr> open(const Origin& origin, const Addresses& addresses,
                                               link::AttemptDeadline& deadline, Exchange& result);
    boost::asio::awaitable<ConnectionPtr> connect(Origin& origin, std::shared_ptr<const Addresses> addresses,
                                                  link::AttemptDeadline& deadline, Exchange& result);
    void drop_unused_origins();
    void ran_short(const boost::system::error_code& shortage);
    void give_back(Origin& origin, ConnectionPtr connection);
    void sweep_later();
    void close_idle();

    boost::asio::any_io_executor executor_;
    TransportOptions options_;
    std::shared_ptr<link::Deadlines> deadlines_;
    link::Resolver resolver_;
    link::Connector connector_;
    std::shared_ptr<link::TlsClient> system_tls_;  ///< the setting of endpoints that have none
    std::shared_ptr<const Addresses> proxy_literal_;
    boost::asio::steady_timer sweeper_;
    std::shared_ptr<IdleLimits> limits_;
    std::map<OriginKey, std::weak_ptr<Origin>> origins_;
    std::map<std::string, std::weak_ptr<link::TlsClient>> tls_clients_;
    std::size_t sweep_origins_at_;
    bool sweeping_ = false;
    Clock::time_point log_shortage_at_{};
};

}  // namespace webhook::worker
