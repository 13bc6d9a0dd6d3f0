#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

#include "link/clock.hpp"

namespace webhook::link {

/// Is a running operation that can be cancelled: a socket operation, a look-up.
class Cancellable {
  public:
    virtual void cancel() noexcept = 0;

  protected:
    ~Cancellable() = default;
};

class Deadlines;

/// Holds the time limits of one attempt. Lives in the attempt's coroutine frame; `current` is the running
/// operation. When a limit passes, or everything is stopped, `current` is cancelled and the cause is set
/// here.
class AttemptDeadline {
  public:
    AttemptDeadline(Deadlines& deadlines, Clock::time_point limit);
    ~AttemptDeadline();
    AttemptDeadline(const AttemptDeadline&) = delete;
    AttemptDeadline& operator=(const AttemptDeadline&) = delete;

    Cancellable* current = nullptr;
    Clock::time_point step = Clock::time_point::max();  ///< an earlier limit, of the current step only
    bool expired = false;                               ///< the limit of the whole attempt has passed
    bool stopped = false;                               ///< by Deadlines::stop()

    Clock::time_point limit() const { return limit_; }
    bool cut_short() const { return expired || stopped; }
    const char* cut_short_by() const { return stopped ? "stopped" : "timeout"; }

  private:
    friend class Deadlines;
    void check(Clock::time_point now) noexcept;

    std::shared_ptr<Deadlines>
        deadlines_;  ///< shared: a frame may be destroyed with its loop, after everything else
    Clock::time_point limit_;
    AttemptDeadline* next_ = nullptr;
    AttemptDeadline* previous_ = nullptr;
};

/// Sets the running operation of a deadline while in scope.
class Waiting {
  public:
    Waiting(AttemptDeadline& deadline, Cancellable& what) : deadline_(deadline) { deadline_.current = &what; }
    ~Waiting() {
        deadline_.current = nullptr;
        deadline_.step = Clock::time_point::max();
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

  private:
    AttemptDeadline& deadline_;
};

/// Checks all deadlines with one coarse timer, so that a request needs no timer operation. A limit is
/// detected at most one tick late. The timer does not run while there is no deadline.
class Deadlines : public std::enable_shared_from_this<Deadlines> {
  public:
    static constexpr std::chrono::milliseconds tick{20};

    explicit Deadlines(const boost::asio::any_io_executor& executor) : timer_(executor) {}
    Deadlines(const Deadlines&) = delete;
    Deadlines& operator=(const Deadlines&) = delete;

    /// Cancels all attempts, present and future.
    void stop();
    bool stopped() const { return stopped_; }

  private:
    friend class AttemptDeadline;
    void add(AttemptDeadline* deadline);
    void remove(AttemptDeadline* deadline) noexcept;
    void arm();
    void on_tick();

    boost::asio::steady_timer timer_;
    AttemptDeadline* first_ = nullptr;
    bool armed_ = false;
    bool stopped_ = false;
};

}  // namespace webhook::link
