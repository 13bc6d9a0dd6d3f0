#pragma once

#include <string>
#include <utility>
#include <vector>

namespace webhook::worker {

/// Lends a string for a request head; later requests reuse its memory.
class ScratchBuffer {
  public:
    explicit ScratchBuffer(std::vector<std::string>& spare) : spare_(spare) {
        if (spare_.empty()) return;
        text = std::move(spare_.back());
        spare_.pop_back();
    }
    ~ScratchBuffer() {
        if (spare_.size() < max_spare) spare_.push_back(std::move(text));
    }
    ScratchBuffer(const ScratchBuffer&) = delete;
    ScratchBuffer& operator=(const ScratchBuffer&) = delete;

    std::string text;

  private:
    static constexpr std::size_t max_spare = 256;

    std::vector<std::string>& spare_;
};

}  // namespace webhook::worker
