#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <memory>
#include <string>
#include <vector>

#include "worker/deadline.hpp"

namespace webhook::worker {

/// Names to addresses as the system resolves them. getaddrinfo() runs on short-lived threads, a bounded
/// number of them, of which names that failed lately get few, so that a dead name server of one receiver does
/// not hold up the others. Answers are kept for 30 s; an older one is still used while a new one is fetched.
class Dns {
  public:
    struct Answer {
        std::vector<boost::asio::ip::address> addresses;  ///< in the system's order
        std::string error;                                ///< why there are none
    };

    explicit Dns(const boost::asio::any_io_executor& executor);
    ~Dns();
    Dns(const Dns&) = delete;
    Dns& operator=(const Dns&) = delete;

    /// Literal addresses in every notation the resolver takes (also 0x7f.1 or 2130706433) need no look-up.
    /// Ends early, with an error, when the flight is cancelled.
    boost::asio::awaitable<Answer> resolve(std::string host, Flight& flight);

    /// None of the addresses could be reached: ask again next time.
    void forget(const std::string& host);

    /// Answers of look-ups still running are dropped from now on.
    void close();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace webhook::worker
