#pragma once

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "link/deadline.hpp"

namespace webhook::link {

/// Suspends a coroutine that waits for a result, by a timer that never expires and is cancelled when the
/// result is there.
struct Waiter final : Cancellable {
    explicit Waiter(const boost::asio::any_io_executor& executor)
        : timer(executor, Clock::time_point::max()) {}
    void cancel() noexcept override {
        try {
            timer.cancel();
        } catch (const boost::system::system_error&) {
            cancelled = true;
        }
    }
    boost::asio::steady_timer timer;
    bool cancelled = false;
};

/// The coroutines that wait for one result.
using Waiters = std::vector<std::shared_ptr<Waiter>>;

/// Waits until the waiter is cancelled: by the result, or by the deadline.
inline boost::asio::awaitable<void> wait(std::shared_ptr<Waiter> waiter, AttemptDeadline& deadline) {
    deadline.current = waiter.get();
    boost::system::error_code ignored;
    co_await waiter->timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    deadline.current = nullptr;
}

/// Resumes all that wait.
inline void wake(Waiters* waiters) {
    for (const auto& waiter : std::exchange(*waiters, {}))
        waiter->cancel();
}

}  // namespace webhook::link
