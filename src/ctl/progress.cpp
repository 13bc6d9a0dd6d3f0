#include "ctl/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace webhook::ctl {

using namespace std::chrono_literals;

Progress::Progress(std::string what, std::uint64_t total)
    : what_(std::move(what)),
      total_(total),
      terminal_(isatty(STDERR_FILENO) != 0),
      next_(Clock::now() + 500ms) {}

Progress::~Progress() {
    hide();
}

void Progress::hide() {
    if (drawn_) std::fputs("\r\033[K", stderr);
    drawn_ = false;
}

void Progress::advance(std::uint64_t by) {
    done_ += by;
    if (!terminal_ || Clock::now() < next_) return;
    next_ = Clock::now() + 100ms;
    drawn_ = true;
    draw();
}

void Progress::draw() const {
    if (total_ == 0) {
        fmt::print(stderr, "\r\033[K{} {}", what_, done_);
    } else {
        constexpr std::uint64_t width = 30;
        const std::uint64_t part = std::min(done_, total_);
        const std::uint64_t filled = part * width / total_;
        fmt::print(stderr, "\r\033[K{} [{:#<{}}{:.<{}}] {}/{}", what_, "", filled, "", width - filled, done_,
                   total_);
    }
    std::fflush(stderr);
}

}  // namespace webhook::ctl
