#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace webhook::module {

/// A file that is open for reading, or not: then read() says why. Blocking.
class File {
  public:
    // Without O_NONBLOCK a named pipe would hang the open.
    explicit File(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    ~File() {
        if (fd_ >= 0) ::close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    /// Reads up to `limit` bytes; false with errno set.
    bool read(std::size_t limit, std::string* content) const {
        if (fd_ < 0) return false;
        char buffer[4096];
        while (content->size() < limit) {
            const ssize_t n = ::read(fd_, buffer, sizeof buffer);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return false;
            if (n == 0) break;
            content->append(buffer, static_cast<std::size_t>(n));
        }
        return true;
    }

  private:
    int fd_;
};

}  // namespace webhook::module
