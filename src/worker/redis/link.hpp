#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "link/clock.hpp"
#include "store/redis_address.hpp"
#include "store/script.hpp"
#include "worker/redis/reply.hpp"

namespace webhook::worker {

using link::Clock;

/// Keeps one connection to Redis: reconnects with back-off, pipelines, and calls each command's callback
/// exactly once. All commands of one turn of the loop are sent in one write. Logs one line per change of
/// state.
class RedisLink {
  public:
    /// `name` is for the log ("redis", "redis (reading)") and for CLIENT SETNAME.
    RedisLink(const boost::asio::any_io_executor& executor, store::RedisAddress address, std::string name);
    ~RedisLink();
    RedisLink(const RedisLink&) = delete;
    RedisLink& operator=(const RedisLink&) = delete;

    /// Keeps the connection; ends after stop().
    boost::asio::awaitable<void> run();
    void stop();

    bool ready() const { return ready_; }
    /// Counts connections: the number changes when the connection was lost.
    unsigned long generation() const { return generation_; }
    /// Returns when the connection is ready or was stopped.
    boost::asio::awaitable<void> wait_ready();

    /// Gets the reply; nullptr: the connection was lost before it was received, or there is none.
    using Callback = std::function<void(ReplyPtr)>;
    void send(std::string_view command, Callback callback);
    boost::asio::awaitable<ReplyPtr> request(std::string command);
    /// Runs a script by its SHA-1, and again with its text if Redis does not know it.
    boost::asio::awaitable<ReplyPtr> run(const store::Call& call);

    /// Receives each reply to INFO: one for a new connection, then one every 5 s.
    std::function<void(std::string_view info)> on_info;

    /// Changes user and password. The current connection tries them when no command is pending, and stays in
    /// use if they are refused.
    void log_in_as(const store::RedisAddress& address);

    /// Closes the connection because it cannot be used (read-only replica, ...); then reconnects.
    void distrust(std::string_view reason);

  private:
    using Socket = boost::asio::generic::stream_protocol::socket;
    struct Pending {
        Callback callback;
        Clock::time_point deadline;
    };

    boost::asio::awaitable<bool> connect();
    boost::asio::awaitable<bool> connect_tcp();
    boost::asio::awaitable<boost::system::error_code> connect_to(Socket::endpoint_type endpoint);
    boost::asio::awaitable<bool> greet();
    boost::asio::awaitable<bool> log_in();
    boost::asio::awaitable<bool> has_rights();
    boost::asio::awaitable<bool> expect_ok(std::string command, std::string_view what);
    boost::asio::awaitable<void> read_replies();
    boost::asio::awaitable<void> watch();
    boost::asio::awaitable<void> write_out();
    void answer(ReplyPtr reply);
    void try_new_login();
    void fail_pending();
    void came_up();
    boost::asio::awaitable<void> rest_until(Clock::time_point time);  ///< or until the connection ends
    void went_down(std::string_view reason);
    void close();

    boost::asio::any_io_executor executor_;
    store::RedisAddress address_;
    std::optional<store::RedisAddress>
        former_;  ///< with former user and password, until those of address_ were accepted once
    std::string name_;
    Socket socket_;
    boost::asio::steady_timer pause_;
    std::deque<Pending> pending_;
    std::string out_, writing_, reason_, logged_;
    unsigned long generation_ = 0;
    Clock::time_point ready_since_{};  ///< of the current connection; zero: it was never ready
    unsigned short_lives_ = 0;         ///< consecutive connections that were lost soon after they were ready
    bool logged_up_ = false;           ///< "connected" was logged
    bool open_ = false, ready_ = false, stopped_ = false, flushing_ = false;
    bool login_due_ = false;  ///< a new user or password has not been tried on this connection
};

}  // namespace webhook::worker
