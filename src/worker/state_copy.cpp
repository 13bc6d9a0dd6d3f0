#include "worker/state_copy.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

namespace webhook::worker {

namespace {

using Json = nlohmann::json;

std::string path_of(const std::string& folder) {
    return folder + "/endpoints.json";
}

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

/// A new file that only we may read; closed with the object at the latest.
class NewFile {
  public:
    explicit NewFile(const std::string& path)
        : number_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {}
    ~NewFile() {
        if (number_ >= 0) ::close(number_);
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    /// Writes the whole and waits until it is on disk; false with errno set.
    bool fill(std::string_view text) {
        while (number_ >= 0 && !text.empty()) {
            const auto written = ::write(number_, text.data(), text.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        return number_ >= 0 && ::fsync(number_) == 0 && ::close(std::exchange(number_, -1)) == 0;
    }

  private:
    int number_;
};

/// Only ours to read, as the copy is. One that exists stays as it is.
bool make_folder(const std::string& folder, std::string* error) {
    std::error_code failed;
    if (std::filesystem::create_directories(folder, failed))
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
    if (failed) *error = folder + ": " + failed.message();
    return !failed;
}

}  // namespace

bool save_copy(const std::string& folder, const ConfigurationText& configuration, std::string* error) {
    if (!make_folder(folder, error)) return false;
    const Json json = {{"epoch", configuration.epoch},
                       {"version", configuration.version},
                       {"key", configuration.key},
                       {"endpoints", to_object(configuration.endpoints)},
                       {"disabled", to_object(configuration.disabled)}};
    // Several workers may share the folder.
    const std::string fresh = path_of(folder) + "." + std::to_string(getpid());
    const bool good = NewFile(fresh).fill(json.dump(-1, ' ', false, Json::error_handler_t::replace)) &&
                      std::rename(fresh.c_str(), path_of(folder).c_str()) == 0;
    if (!good) *error = fresh + ": " + std::strerror(errno);
    return good;
}

std::optional<ConfigurationText> load_copy(const std::string& folder) {
    std::ifstream file(path_of(folder), std::ios::binary);
    if (!file) return std::nullopt;
    const std::string text(std::istreambuf_iterator<char>(file), {});
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("endpoints") || !json.contains("disabled")) return std::nullopt;
    ConfigurationText copy;
    if (!json.value("version", Json()).is_string() || !from_object(json["endpoints"], &copy.endpoints) ||
        !from_object(json["disabled"], &copy.disabled)) {
        return std::nullopt;
    }
    copy.version = json["version"].get<std::string>();
    if (const Json key = json.value("key", Json()); key.is_string()) copy.key = key.get<std::string>();
    return copy;
}

}  // namespace webhook::worker
