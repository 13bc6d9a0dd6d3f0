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

/// In the system's order of preference.
using Addresses = std::vector<boost::asio::ip::address>;

/// Names to addresses as the system resolves them. getaddrinfo() runs on short-lived threads, a bounded
/// number of them, of which names that failed lately get few, so that a dead name server of one receiver does
/// not hold up the others. An answer is used for 25 s and asked for anew once it is 10 s old. When that fails
/// the last one is used for up to 5 minutes; otherwise an old one is never used.
class Resolver {
  public:
    struct Answer {
        std::shared_ptr<const Addresses> addresses;  ///< nullptr: there are none
        std::string error;                           ///< why
        bool failed = false;                         ///< the name server could not be asked: no answer at all
    };
    /// How a name is looked up, on a thread of its own.
    using LookUp = std::function<Answer(const std::string& host)>;

    static constexpr std::chrono::seconds used_for{25}, asked_again_after{10};
    static constexpr std::chrono::minutes used_without_server{5};

    explicit Resolver(const boost::asio::any_io_executor& executor, LookUp look_up = system_look_up,
                      std::function<Clock::time_point()> now = Clock::now);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    static Answer system_look_up(const std::string& host);
    /// A literal address in every notation the resolver takes (also 0x7f.1 or 2130706433), or nullptr.
    static std::shared_ptr<const Addresses> literal(const std::string& host);

    /// What can be used at once, or nullptr. Begins a look-up where one is due.
    std::shared_ptr<const Addresses> ready(const std::string& host);
    /// Waits for a look-up where nothing can be used. Ends early, with an error, when the flight is
    /// cancelled.
    boost::asio::awaitable<Answer> resolve(std::string host, AttemptDeadline& flight);
    /// The last answer, however old it is; nullptr: there is none.
    std::shared_ptr<const Addresses> last(const std::string& host) const;

    /// None of the addresses could be reached: ask again next time.
    void doubt(const std::string& host);

    /// Answers of look-ups still running are dropped from now on.
    void close();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace webhook::link
