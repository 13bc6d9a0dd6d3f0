#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "link/address_order.hpp"
#include "link/connect_race.hpp"
#include "link/http_connection.hpp"
#include "link/proxy.hpp"
#include "link/resolver.hpp"
#include "link/tls_client.hpp"

namespace webhook::link {

/// Opens connections, with TLS or without. Races all addresses of a host; those that failed recently are
/// last. A proxy is asked for one address after another.
class Connector {
  public:
    struct Place {
        std::string host;
        std::uint16_t port = 0;
        std::shared_ptr<TlsClient> tls;         ///< nullptr: plain HTTP
        std::shared_ptr<TlsSessions> sessions;  ///< nullptr: none is resumed
    };
    /// A proxy and its addresses.
    struct Through {
        const Proxy& proxy;
        const Addresses& addresses;
    };
    struct Outcome {
        std::unique_ptr<HttpConnection> connection;  ///< nullptr: see `error`
        std::string error;                           ///< names each address that was tried
        boost::system::error_code shortage;          ///< set if local descriptors or memory are exhausted
    };

    explicit Connector(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// Tries all addresses until `deadline.step`, which is left unchanged.
    boost::asio::awaitable<Outcome> open(Place place, Addresses addresses, AttemptDeadline& deadline,
                                         std::optional<Through> through = std::nullopt);

  private:
    boost::asio::awaitable<void> race(const Place& place, Addresses& candidates, AttemptDeadline& deadline,
                                      Outcome& outcome);
    boost::asio::awaitable<void> ask_proxy(const Place& place, const Through& through, Addresses& candidates,
                                           Clock::time_point until, AttemptDeadline& deadline,
                                           Outcome& outcome);
    boost::asio::awaitable<bool> tls_handshake(HttpConnection& connection, const Place& place, bool alone,
                                               Clock::time_point until, AttemptDeadline& deadline,
                                               Outcome& outcome);
    void judge_losses(const ConnectRace& race, bool won, Addresses& candidates, Outcome& outcome);

    boost::asio::any_io_executor executor_;
    FailedAddresses failed_;
};

}  // namespace webhook::link
