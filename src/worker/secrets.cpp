#include "worker/secrets.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "endpoint/secret_value.hpp"

namespace webhook::worker {
namespace {

constexpr std::size_t max_secret = 65536;

bool read_file(const std::string& path, std::string* content, std::string* problem) {
    std::error_code ec;
    if (!std::filesystem::is_regular_file(path, ec)) {
        *problem = ec ? ec.message() : "not a regular file";
        return false;
    }
    std::ifstream file(path, std::ios::binary);
    content->resize(max_secret + 1);
    file.read(content->data(), static_cast<std::streamsize>(content->size()));
    content->resize(static_cast<std::size_t>(file.gcount()));
    if (file.bad() || (!file && !file.eof())) {
        *problem = std::strerror(errno);
        return false;
    }
    if (content->size() > max_secret) *problem = "larger than 64 KiB";
    return content->size() <= max_secret;
}

}  // namespace

bool Secrets::resolve(std::string_view value, std::string* secret, std::string* problem) const {
    if (endpoint::is_redacted(value)) {
        *problem = "the stored secret is a redacted one";
        return false;
    }
    if (*problem = endpoint::check_secret(value); !problem->empty()) return false;
    const auto name = endpoint::secret_name(value);
    if (!name) {
        *secret = value;
        return true;
    }
    std::string reason = "no secrets_dir is set";
    if (folder_.empty() || !read_file(folder_ + "/" + std::string(*name), secret, &reason)) {
        *problem = "secret " + std::string(*name) + ": " + reason;
        return false;
    }
    if (!secret->empty() && secret->back() == '\n') secret->pop_back();
    if (secret->empty()) *problem = "secret " + std::string(*name) + " is empty";
    return !secret->empty();
}

}  // namespace webhook::worker
