#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace webhook::ctl {

/// While it lives, the first Ctrl-C (or SIGTERM) asks the work to stop after the present step, and the second
/// ends the program.
class Interruption {
  public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    static bool requested();
    /// Waits, but not longer than until a request.
    static void sleep(std::chrono::milliseconds time);
};

/// The speed of long work: --rate.
class Pace {
  public:
    /// "50/s", "300/m", "10/h" or "50" (a second); empty: as fast as it goes. Throws Failure.
    static Pace parse(std::string_view rate);

    bool limited() const { return per_second_ > 0; }
    /// How much to do in one step: at most `largest`, and not more than a tenth of a second is worth.
    std::size_t slice(std::size_t largest) const;
    /// Waits until more may be done, after `done` more were. Counts from the first call on.
    void wait(std::size_t done);

  private:
    using Clock = std::chrono::steady_clock;

    double per_second_ = 0, done_ = 0;
    Clock::time_point start_{};
};

}  // namespace webhook::ctl
