// Loaded before libstdc++ into a program under test: of the file named by TEST_SCARCE (8 bytes, the machine's
// order) a number N makes the N-th allocation by `new` from then on fail; 0, and what is left after that:
// none.

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::int64_t>* left = nullptr;

__attribute__((constructor)) void open_counter() {
    const char* path = std::getenv("TEST_SCARCE");
    const int fd = path != nullptr ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void* map = fd < 0 ? MAP_FAILED : mmap(nullptr, sizeof *left, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) std::abort();
    close(fd);
    left = static_cast<std::atomic<std::int64_t>*>(map);
}

bool fails() {
    return left != nullptr && left->load() > 0 && left->fetch_sub(1) == 1;
}

}  // namespace

void* operator new(std::size_t size) {
    void* memory = fails() ? nullptr : std::malloc(size);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
