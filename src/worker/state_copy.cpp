#include "worker/state_copy.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/file.hpp"
#include "endpoint/private_file.hpp"
#include "endpoint/strict_json.hpp"

namespace webhook::worker {

namespace {

using Json = nlohmann::json;
using base::Descriptor;

const std::string file_name = "endpoints.json";

Json to_object(const std::vector<std::pair<std::string, std::string>>& pairs) {
    Json object = Json::object();
    for (const auto& [key, value] : pairs)
        object[key] = value;
    return object;
}

bool from_object(const Json& object, std::vector<std::pair<std::string, std::string>>* pairs) {
    if (!object.is_object()) return false;
    for (const auto& [key, value] : object.items()) {
        if (!value.is_string()) return false;
        pairs->emplace_back(key, value.get<std::string>());
    }
    return true;
}

std::string to_text(const ConfigurationText& configuration) {
    const Json json = {{"epoch", configuration.epoch},
                       {"version", configuration.version},
                       {"key", configuration.key},
                       {"endpoints", to_object(configuration.endpoints)},
                       {"disabled", to_object(configuration.disabled)},
                       {"paused_sources", to_object(configuration.paused_sources)}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<ConfigurationText> from_text(std::string_view text) {
    const Json json = endpoint::parse_bounded_json<Json>(text);
    if (!json.is_object() || !json.contains("endpoints") || !json.contains("disabled")) return std::nullopt;
    ConfigurationText copy;
    if (!json.value("version", Json()).is_string() || !from_object(json["endpoints"], &copy.endpoints) ||
        !from_object(json["disabled"], &copy.disabled)) {
        return std::nullopt;
    }
    const Json paused = json.value("paused_sources", Json::object());  // absent in copies of earlier versions
    if (!from_object(paused, &copy.paused_sources)) return std::nullopt;
    copy.version = json["version"].get<std::string>();
    if (const Json key = json.value("key", Json()); key.is_string()) copy.key = key.get<std::string>();
    return copy;
}

/// Creates the folder with mode 0700. A folder that exists is not changed.
bool make_folder(const std::string& folder, std::string* error) {
    std::error_code failed;
    if (std::filesystem::create_directories(folder, failed))
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
    if (failed) *error = folder + ": " + failed.message();
    return !failed;
}

/// Opens the folder. A folder of another user is refused: that user could replace every file in it.
Descriptor open_folder(const std::string& path, std::string* error) {
    Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat about {};
    if (!folder || ::fstat(folder.get(), &about) != 0) {
        *error = path + ": " + std::strerror(errno);
        return Descriptor();
    }
    if (about.st_uid == ::geteuid() || about.st_uid == 0) return folder;
    *error = path + ": belongs to another user: chown it";
    return Descriptor();
}

bool is_plain_file(int folder, const std::string& name, bool* exists) {
    struct stat about {};
    *exists = ::fstatat(folder, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0;
    return *exists && S_ISREG(about.st_mode) && (about.st_uid == ::geteuid() || ::geteuid() == 0);
}

/// Removes a former file (if `remove`). Anything else with this name is an error: another user may have put
/// it there to be followed or overwritten.
bool make_way(int folder, const std::string& name, bool remove, std::string* problem) {
    bool exists = false;
    if (is_plain_file(folder, name, &exists)) return !remove || ::unlinkat(folder, name.c_str(), 0) == 0;
    if (exists) *problem = "is a symbolic link or something else that the worker did not make: remove it";
    return !exists;
}

bool replace_copy(int folder, const std::string& text, std::string* problem) {
    // Several workers may share the folder; a worker that was killed may have left its file.
    const std::string fresh = file_name + "." + std::to_string(getpid());
    if (!make_way(folder, file_name, false, problem) || !make_way(folder, fresh, true, problem) ||
        !endpoint::write_private_file(folder, fresh, text, problem)) {
        if (problem->empty()) *problem = std::strerror(errno);
        return false;
    }
    if (::renameat(folder, fresh.c_str(), folder, file_name.c_str()) == 0) return true;
    *problem = std::strerror(errno);
    return false;
}

}  // namespace

bool save_copy(const std::string& folder, const ConfigurationText& configuration, std::string* error) {
    if (!make_folder(folder, error)) return false;
    const Descriptor opened = open_folder(folder, error);
    std::string problem;
    if (!opened) return false;
    if (replace_copy(opened.get(), to_text(configuration), &problem)) return true;
    *error = folder + "/" + file_name + ": " + problem;
    return false;
}

std::optional<ConfigurationText> load_copy(const std::string& folder, std::string* error) {
    error->clear();
    std::error_code ignored;
    if (!std::filesystem::exists(folder, ignored)) return std::nullopt;
    const Descriptor opened = open_folder(folder, error);
    std::string text, problem;
    if (!opened) return std::nullopt;
    std::optional<ConfigurationText> copy;
    if (endpoint::read_private_file(opened.get(), file_name, &text, &problem)) {
        copy = from_text(text);
        if (!copy) problem = "is not a copy of the endpoints: remove it";
    }
    if (!problem.empty()) *error = folder + "/" + file_name + ": " + problem;
    return copy;
}

std::string state_folder_risk(const std::string& folder) {
    struct stat about {};
    if (::stat(folder.c_str(), &about) != 0 || (about.st_mode & S_IWOTH) == 0) return {};
    return folder + ": every user can write in it and so replace the copy of the endpoints: chmod o-w";
}

}  // namespace webhook::worker
