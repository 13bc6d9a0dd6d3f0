#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "link/address_order.hpp"
#include "link/connect_race.hpp"
#include "link/http_connection.hpp"
#include "link/resolver.hpp"

namespace webhook::link {

/// Opens connections, with TLS or without. Races all addresses of a host; those that failed recently are
/// last.
class Connector {
  public:
    struct Place {
        std::string host;
        std::uint16_t port = 0;
        bool tls = false;
    };
    struct Outcome {
        std::unique_ptr<HttpConnection> connection;  ///< nullptr: see `error`
        std::string error;                           ///< names each address that was tried
        boost::system::error_code shortage;          ///< set if local descriptors or memory are exhausted
    };

    /// `verify`: whether certificates are verified. TLS 1.2 or later.
    Connector(boost::asio::any_io_executor executor, bool verify);

    /// Tries all addresses until `deadline.step`, which is left unchanged.
    boost::asio::awaitable<Outcome> open(Place place, Addresses addresses, AttemptDeadline& deadline);

  private:
    boost::asio::awaitable<void> race(const Place& place, Addresses& candidates, AttemptDeadline& deadline,
                                      Outcome& outcome);
    boost::asio::awaitable<bool> tls_handshake(HttpConnection& connection, bool alone,
                                               Clock::time_point until, AttemptDeadline& deadline,
                                               Outcome& outcome);
    void judge_losses(const ConnectRace& race, bool won, Addresses& candidates, Outcome& outcome);

    boost::asio::any_io_executor executor_;
    boost::asio::ssl::context tls_;
    FailedAddresses failed_;
};

}  // namespace webhook::link
