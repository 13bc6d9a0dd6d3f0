#include "worker/preflight.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "worker/log.hpp"

namespace webhook::worker {

namespace {

namespace fs = std::filesystem;

std::string user() {
    const passwd* const entry = getpwuid(geteuid());
    return entry != nullptr ? entry->pw_name : std::to_string(geteuid());
}

/// Returns why access with `mode` (R_OK, W_OK, X_OK) is denied; empty: it is allowed.
std::string denied(const fs::path& path, int mode) {
    if (faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0) return {};
    return fmt::format("{} (user {}): {}", path.string(), user(), std::strerror(errno));
}

/// Returns the path or its nearest parent that exists.
fs::path existing(fs::path path) {
    std::error_code ignored;
    while (!fs::exists(fs::symlink_status(path, ignored)) && path.has_relative_path())
        path = path.parent_path();
    return path;
}

/// Returns why a folder cannot be used. The worker creates a missing folder, so its parent must be writable.
std::string unusable_folder(const fs::path& folder) {
    std::error_code ignored;
    const fs::path there = existing(folder);
    if (!fs::is_directory(there, ignored)) return there.string() + ": Not a directory";
    return denied(there, there == folder ? R_OK | W_OK | X_OK : W_OK | X_OK);
}

std::string unusable_log(const fs::path& file) {
    std::error_code ignored;
    if (const std::string risk = log_risk(file); !risk.empty()) return risk;
    if (!file.has_filename() || fs::is_directory(file, ignored)) return file.string() + ": Is a directory";
    return fs::exists(file, ignored) ? denied(file, W_OK) : unusable_folder(file.parent_path());
}

std::string unreadable_secrets(const fs::path& folder) {
    std::error_code error;
    const fs::directory_iterator opened(folder, error);
    return error ? folder.string() + " (user " + user() + "): " + error.message() : denied(folder, X_OK);
}

}  // namespace

std::vector<std::string> missing_for(const Settings& settings) {
    std::vector<std::string> problems;
    const auto note = [&problems](std::string_view setting, const std::string& problem) {
        if (!problem.empty()) problems.push_back(fmt::format("\"{}\": {}", setting, problem));
    };
    if (!settings.secrets_dir.empty()) note("secrets_dir", unreadable_secrets(settings.secrets_dir));
    if (!settings.state_dir.empty()) note("state_dir", unusable_folder(fs::absolute(settings.state_dir)));
    if (settings.log != "stderr") note("log", unusable_log(fs::absolute(settings.log)));
    return problems;
}

}  // namespace webhook::worker
