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

/// Opens connections, with TLS or without: all addresses of a host are raced for, those that failed lately
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
        boost::system::error_code shortage;          ///< set: descriptors or memory are missing on our side
    };

    /// `verify`: certificates must be good. TLS 1.2 or later.
    Connector(boost::asio::any_io_executor executor, bool verify);

    /// Tries all addresses until `flight.step`, which stays as it is.
    boost::asio::awaitable<Outcome> open(Place place, Addresses addresses, AttemptDeadline& flight);

  private:
    boost::asio::awaitable<void> race(const Place& place, Addresses& candidates, AttemptDeadline& flight,
                                      Outcome& outcome);
    boost::asio::awaitable<bool> handshake(HttpConnection& connection, bool alone, Clock::time_point until,
                                           AttemptDeadline& flight, Outcome& outcome);
    void judge_losses(const ConnectRace& race, bool won, Addresses& candidates, Outcome& outcome);

    boost::asio::any_io_executor executor_;
    boost::asio::ssl::context tls_;
    FailedAddresses failed_;
};

}  // namespace webhook::link
