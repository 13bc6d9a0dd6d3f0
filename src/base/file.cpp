#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/fail.hpp"

namespace webhook::base {

namespace {

std::string size_text(std::size_t bytes) {
    constexpr std::size_t mebibyte = std::size_t{1} << 20;
    if (bytes >= mebibyte) return std::to_string(bytes / mebibyte) + " MiB";
    return bytes >= 1024 ? std::to_string(bytes / 1024) + " KiB" : std::to_string(bytes) + " bytes";
}

/// Appends until the end or until there are more than `limit` bytes; false with errno set.
bool append_to_limit(int descriptor, std::size_t limit, std::string* content) {
    char buffer[16384];
    while (content->size() <= limit) {
        const ssize_t size = ::read(descriptor, buffer, sizeof buffer);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return size == 0;
        content->append(buffer, static_cast<std::size_t>(size));
    }
    return true;
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

bool Descriptor::close() {
    return number_ >= 0 && ::close(std::exchange(number_, -1)) == 0;
}

std::string read_problem() {
    return "cannot be read (" + std::generic_category().message(errno) + ")";
}

bool read_to_end(int descriptor, std::size_t limit, std::string* content, std::string* problem) {
    content->clear();
    problem->clear();
    if (!append_to_limit(descriptor, limit, content))
        *problem = read_problem();
    else if (content->size() > limit)
        *problem = "is too large: at most " + size_text(limit) + " are read";
    if (!problem->empty()) content->clear();
    return problem->empty();
}

bool read_file(const std::string& path, std::size_t limit, FileKind kind, std::string* content,
               std::string* problem) {
    content->clear();
    // Without O_NONBLOCK, opening a named pipe waits for a writer.
    const int flags = O_RDONLY | O_CLOEXEC | (kind == FileKind::regular ? O_NONBLOCK : 0);
    const Descriptor file(::open(path.c_str(), flags));
    struct stat about {};
    if (!file || ::fstat(file.get(), &about) != 0) return fail(problem, read_problem());
    if (kind == FileKind::regular && !S_ISREG(about.st_mode)) return fail(problem, "is not a regular file");
    return read_to_end(file.get(), limit, content, problem);
}

}  // namespace webhook::base
