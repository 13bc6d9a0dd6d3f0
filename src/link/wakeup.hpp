#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace webhook::link {

/// Wakes the one coroutine that waits for it; a notification without a waiter is kept.
class Wakeup {
  public:
    explicit Wakeup(const boost::asio::any_io_executor& executor) : timer_(executor) {}

    void notify() {
        if (set_) return;
        set_ = true;
        timer_.cancel();
    }

    /// Returns at the next notification, or after `time`.
    boost::asio::awaitable<void> wait(std::chrono::milliseconds time) {
        co_await wait_until(std::chrono::steady_clock::now() + time);
    }
    /// Returns at the next notification, or at `time`, which may be max().
    boost::asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point time) {
        if (!set_) {
            timer_.expires_at(time);
            boost::system::error_code ignored;
            co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
        }
        set_ = false;
    }

  private:
    boost::asio::steady_timer timer_;
    bool set_ = false;
};

inline boost::asio::awaitable<void> sleep_for(std::chrono::milliseconds time) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
    boost::system::error_code ignored;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
}

}  // namespace webhook::link
