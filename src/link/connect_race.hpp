#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "link/deadline.hpp"

namespace webhook::link {

/// Connects to the first reachable one of several addresses (RFC 8305 section 5): the next attempt starts 250
/// ms after the previous one, or at once when that has failed. cancel() ends the race without a winner.
class ConnectRace final : public Cancellable {
  public:
    static constexpr std::chrono::milliseconds head_start{250};

    struct Loss {
        boost::asio::ip::address address;
        boost::system::error_code error;  ///< none: cancelled, or another address was faster
    };

    ConnectRace(const boost::asio::any_io_executor& executor, std::vector<boost::asio::ip::address> addresses,
                std::uint16_t port);
    ~ConnectRace();
    ConnectRace(const ConnectRace&) = delete;
    ConnectRace& operator=(const ConnectRace&) = delete;

    /// Returns whether there is a winner.
    boost::asio::awaitable<bool> run();
    void cancel() noexcept override;

    boost::asio::ip::tcp::socket take_winner();
    boost::asio::ip::address winner() const;
    /// Lists the addresses that were tried without success.
    std::vector<Loss> losses() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace webhook::link
