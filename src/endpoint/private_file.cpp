#include "endpoint/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/fail.hpp"
#include "base/file.hpp"

namespace webhook::endpoint {
namespace {

using base::fail;

/// A copy of what Redis holds for all endpoints stays far below.
constexpr std::size_t max_private_file = std::size_t{1} << 30;

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// Empty: the file may be believed.
std::string distrust(const struct stat& about) {
    if (!S_ISREG(about.st_mode)) return "is not a regular file: remove it";
    if (about.st_uid != ::geteuid() && about.st_uid != 0)
        return "belongs to another user: remove it, or chown it";
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return "can be written by others: check it, then chmod 600";
    return {};
}

}  // namespace

bool write_private_file(int folder, const std::string& name, std::string_view text, std::string* problem) {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    base::Descriptor file(::openat(folder, name.c_str(), flags, 0600));
    if (!file)
        return fail(problem, errno == EEXIST ? "exists already: remove it first" : std::strerror(errno));
    if (write_all(file.get(), text) && ::fsync(file.get()) == 0 && file.close()) return true;
    *problem = std::strerror(errno);
    ::unlinkat(folder, name.c_str(), 0);
    return false;
}

bool read_private_file(int folder, const std::string& name, std::string* text, std::string* problem) {
    problem->clear();
    // O_NONBLOCK: a named pipe would otherwise wait for a writer.
    const base::Descriptor file(
        ::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file && errno == ENOENT) return false;
    if (!file) return fail(problem, errno == ELOOP ? "is a symbolic link: remove it" : std::strerror(errno));
    struct stat about {};
    if (::fstat(file.get(), &about) != 0) return fail(problem, std::strerror(errno));
    if (std::string reason = distrust(about); !reason.empty()) return fail(problem, std::move(reason));
    return base::read_to_end(file.get(), max_private_file, text, problem);
}

}  // namespace webhook::endpoint
