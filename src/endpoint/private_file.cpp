#include "endpoint/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace webhook::endpoint {
namespace {

bool fail(std::string* problem, std::string text) {
    *problem = std::move(text);
    return false;
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool read_all(int file, std::string* text) {
    char buffer[65536];
    for (;;) {
        const auto size = ::read(file, buffer, sizeof buffer);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return size == 0;
        text->append(buffer, static_cast<std::size_t>(size));
    }
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

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

bool Descriptor::close() {
    return number_ >= 0 && ::close(std::exchange(number_, -1)) == 0;
}

bool write_private_file(int folder, const std::string& name, std::string_view text, std::string* problem) {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    Descriptor file(::openat(folder, name.c_str(), flags, 0600));
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
    const Descriptor file(::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file && errno == ENOENT) return false;
    if (!file) return fail(problem, errno == ELOOP ? "is a symbolic link: remove it" : std::strerror(errno));
    struct stat about {};
    if (::fstat(file.get(), &about) != 0) return fail(problem, std::strerror(errno));
    if (std::string reason = distrust(about); !reason.empty()) return fail(problem, std::move(reason));
    return read_all(file.get(), text) || fail(problem, std::strerror(errno));
}

}  // namespace webhook::endpoint
