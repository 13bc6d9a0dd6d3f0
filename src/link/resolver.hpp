#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "link/deadline.hpp"

namespace webhook::link {

/// Addresses in the system's order of preference.
using Addresses = std::vector<boost::asio::ip::address>;

/// Resolves names to addresses with getaddrinfo(), on a bounded number of short-lived threads. Names that
/// failed recently get few of them, so that a dead name server of one receiver does not hold up the others. A
/// result is used for 25 s and refreshed once it is 10 s old. If the refresh fails, the last result is used
/// for up to 5 minutes; otherwise old results are not used.
class Resolver {
  public:
    struct Answer {
        std::shared_ptr<const Addresses> addresses;  ///< nullptr: there are none
        std::string error;                           ///< why
        bool failed = false;                         ///< the name server did not give a result
    };
    /// Looks up a name; called on a separate thread.
    using LookUp = std::function<Answer(const std::string& host)>;

    static constexpr std::chrono::seconds used_for{25}, asked_again_after{10};
    static constexpr std::chrono::minutes used_without_server{5};

    explicit Resolver(const boost::asio::any_io_executor& executor, LookUp look_up = system_look_up,
                      std::function<Clock::time_point()> now = Clock::now);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    static Answer system_look_up(const std::string& host);
    /// Parses an address in any notation that getaddrinfo() accepts (also 0x7f.1 or 2130706433); nullptr: it
    /// is a name.
    static std::shared_ptr<const Addresses> literal(const std::string& host);

    /// Returns addresses that can be used at once, or nullptr. Starts a look-up if one is due.
    std::shared_ptr<const Addresses> ready(const std::string& host);
    /// Waits for a look-up if there is no usable result. Returns an error when the wait is cancelled by
    /// `deadline`.
    boost::asio::awaitable<Answer> resolve(std::string host, AttemptDeadline& deadline);
    /// Returns the last result, however old; nullptr: there is none.
    std::shared_ptr<const Addresses> last(const std::string& host) const;

    /// Makes the next call look up the name again: none of the addresses could be reached.
    void doubt(const std::string& host);

    /// Drops the results of running look-ups.
    void close();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace webhook::link
