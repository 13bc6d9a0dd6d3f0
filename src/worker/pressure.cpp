#include "worker/pressure.hpp"

namespace webhook::worker {

void Pressure::saw(const store::MemoryUse& memory) {
    memory_ = memory;
    since_ = 0;
    pressed_ = memory.limit != 0 && memory.used >= part(pressed_ ? 80 : 85);
    short_ = memory.limit != 0 && memory.used >= part(short_ ? 75 : 85);
}

std::uint64_t Pressure::room() const {
    return memory_.used < memory_.limit ? memory_.limit - memory_.used : 0;
}

}  // namespace webhook::worker
