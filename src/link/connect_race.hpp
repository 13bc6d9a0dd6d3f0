#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "link/deadline.hpp"

namespace webhook::link {

/// Connects to the first of several addresses that can be reached (RFC 8305 section 5): each gets 250 ms
/// before the next one is begun beside it, and none when it fails. cancel() ends the race without a winner.
class ConnectRace final : public Cancellable {
  public:
    static constexpr std::chrono::milliseconds head_start{250};

    struct Loss {
        boost::asio::ip::address address;
        boost::system::error_code error;  ///< none: cancelled, or another one was there first
    };

    ConnectRace(const boost::asio::any_io_executor& executor, std::vector<boost::asio::ip::address> addresses,
                std::uint16_t port);
    ~ConnectRace();
    ConnectRace(const ConnectRace&) = delete;
    ConnectRace& operator=(const ConnectRace&) = delete;

    /// True when there is a winner.
    boost::asio::awaitable<bool> run();
    void cancel() noexcept override;

    boost::asio::ip::tcp::socket take_winner();
    boost::asio::ip::address winner() const;
    /// Those that were tried in vain.
    std::vector<Loss> losses() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace webhook::link
