#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

#include "link/clock.hpp"

namespace webhook::link {

/// Something under way that can be cut short: a socket operation, a wait for a name.
class Cancellable {
  public:
    virtual void cancel() noexcept = 0;

  protected:
    ~Cancellable() = default;
};

class Deadlines;

/// The time limits of one attempt. Lives in the attempt's coroutine frame; `current` is what is under way
/// now. When a limit passes, or everything is stopped, `current` is cancelled and the cause is noted here.
class AttemptDeadline {
  public:
    AttemptDeadline(Deadlines& deadlines, Clock::time_point limit);
    ~AttemptDeadline();
    AttemptDeadline(const AttemptDeadline&) = delete;
    AttemptDeadline& operator=(const AttemptDeadline&) = delete;

    Cancellable* current = nullptr;
    Clock::time_point step = Clock::time_point::max();  ///< a nearer limit, of the present step only
    bool expired = false;                               ///< the limit of the whole has passed
    bool stopped = false;                               ///< by Deadlines::stop()

    Clock::time_point limit() const { return limit_; }
    bool cut_short() const { return expired || stopped; }
    const char* cut_short_by() const { return stopped ? "stopped" : "timeout"; }

  private:
    friend class Deadlines;
    void check(Clock::time_point now) noexcept;

    std::shared_ptr<Deadlines> deadlines_;  ///< kept: a frame may be destroyed with its loop, after all else
    Clock::time_point limit_;
    AttemptDeadline* next_ = nullptr;
    AttemptDeadline* previous_ = nullptr;
};

/// Marks what a flight is waiting for, for as long as it waits.
class Waiting {
  public:
    Waiting(AttemptDeadline& flight, Cancellable& what) : flight_(flight) { flight_.current = &what; }
    ~Waiting() {
        flight_.current = nullptr;
        flight_.step = Clock::time_point::max();
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

  private:
    AttemptDeadline& flight_;
};

/// Looks after all flights with one coarse timer, so that a request costs no timer operation. A limit is
/// noticed at most one tick late. The timer rests while there is no flight.
class Deadlines : public std::enable_shared_from_this<Deadlines> {
  public:
    static constexpr std::chrono::milliseconds tick{20};

    explicit Deadlines(const boost::asio::any_io_executor& executor) : timer_(executor) {}
    Deadlines(const Deadlines&) = delete;
    Deadlines& operator=(const Deadlines&) = delete;

    /// Cancels all flights, now and of the future.
    void stop();
    bool stopped() const { return stopped_; }

  private:
    friend class AttemptDeadline;
    void add(AttemptDeadline* flight);
    void remove(AttemptDeadline* flight) noexcept;
    void arm();
    void on_tick();

    boost::asio::steady_timer timer_;
    AttemptDeadline* first_ = nullptr;
    bool armed_ = false;
    bool stopped_ = false;
};

}  // namespace webhook::link
