#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace webhook::ctl {

/// A bar on standard error for long work: only on a terminal, only after half a second, and gone at the end.
class Progress {
  public:
    /// `total` 0: unknown; only the number done is shown.
    Progress(std::string what, std::uint64_t total);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void advance(std::uint64_t by = 1);
    void hide();  ///< before something else is printed

  private:
    using Clock = std::chrono::steady_clock;
    void draw() const;

    std::string what_;
    std::uint64_t total_, done_ = 0;
    bool terminal_, drawn_ = false;
    Clock::time_point next_;
};

}  // namespace webhook::ctl
