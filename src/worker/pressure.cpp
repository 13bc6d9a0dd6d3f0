#include "worker/pressure.hpp"

namespace webhook::worker {

namespace {

constexpr std::chrono::seconds calm_time{20};

}  // namespace

void Pressure::saw(const store::MemoryUse& memory, SteadyTime now) {
    memory_ = memory;
    since_ = 0;
    pressed_ = memory.limit != 0 && memory.used >= part(pressed_ ? 80 : 85);
    if (pressed_) last_pressed_ = now;
    short_ = pressed_ || (short_ && now - last_pressed_ < calm_time);
}

std::uint64_t Pressure::room() const {
    return memory_.used < memory_.limit ? memory_.limit - memory_.used : 0;
}

}  // namespace webhook::worker
