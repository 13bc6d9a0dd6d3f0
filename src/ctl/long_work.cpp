#include "ctl/long_work.hpp"

#include <algorithm>
#include <csignal>
#include <ctime>

#include "base/text.hpp"
#include "ctl/failure.hpp"

namespace webhook::ctl {

namespace {

volatile std::sig_atomic_t asked = 0;

extern "C" void ask(int) {
    asked = 1;
}

void handle(void (*handler)(int), int flags) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

Interruption::Interruption() {
    asked = 0;
    handle(ask, static_cast<int>(SA_RESETHAND));
}

Interruption::~Interruption() {
    handle(SIG_DFL, 0);
}

bool Interruption::requested() {
    return asked != 0;
}

void Interruption::sleep(std::chrono::milliseconds time) {
    using namespace std::chrono_literals;
    // In pieces: a signal may come between the question and the sleep.
    for (; time > 0ms && !requested(); time -= 50ms) {
        const auto piece = std::min<std::chrono::milliseconds>(time, 50ms);
        const timespec wanted{0, static_cast<long>(std::chrono::nanoseconds(piece).count())};
        nanosleep(&wanted, nullptr);
    }
}

Pace Pace::parse(std::string_view rate) {
    Pace pace;
    if (rate.empty()) return pace;
    const std::size_t slash = std::min(rate.find('/'), rate.size());
    const std::string_view unit = rate.substr(std::min(slash + 1, rate.size()));
    unsigned count = 0;
    const bool good = base::to_number(rate.substr(0, slash), &count) && count > 0 &&
                      (slash == rate.size() || unit == "s" || unit == "m" || unit == "h");
    if (!good) throw Failure("--rate wants a number and a unit: 50/s, 300/m, 10/h");
    pace.per_second_ = count / (unit == "m" ? 60.0 : unit == "h" ? 3600.0 : 1.0);
    return pace;
}

std::size_t Pace::slice(std::size_t largest) const {
    if (!limited()) return largest;
    return std::clamp<std::size_t>(static_cast<std::size_t>(per_second_ / 10), 1, largest);
}

void Pace::wait(std::size_t done) {
    if (!limited()) return;
    if (start_ == Clock::time_point{}) start_ = Clock::now();
    done_ += static_cast<double>(done);
    const auto due = start_ + std::chrono::duration<double>(done_ / per_second_);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(due - Clock::now());
    Interruption::sleep(left);
}

}  // namespace webhook::ctl
