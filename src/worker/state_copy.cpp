#include "worker/state_copy.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

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

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

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
                       {"endpoints", to_object(configuration.endpoints)},
                       {"disabled", to_object(configuration.disabled)}};
    // Several workers may share the folder.
    const std::string fresh = path_of(folder) + "." + std::to_string(getpid());
    const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = file >= 0 && write_all(file, json.dump(-1, ' ', false, Json::error_handler_t::replace));
    good = good && ::fsync(file) == 0;
    if (file >= 0) good = ::close(file) == 0 && good;
    good = good && std::rename(fresh.c_str(), path_of(folder).c_str()) == 0;
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
    return copy;
}

}  // namespace webhook::worker
