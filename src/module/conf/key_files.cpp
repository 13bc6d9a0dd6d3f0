#include "module/conf/key_files.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>

#include "base/file.hpp"
#include "signature/keys/secret_file.hpp"

namespace webhook::module {

namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

bool fail(const std::string& path, const std::string& what, std::string* error) {
    *error = "key file \"" + path + "\" " + what;
    return false;
}

bool add_file(const std::string& path, const std::string& name, KeyTexts* keys, std::string* error) {
    std::string text, problem;
    if (!signature::read_secret_file(path, &text, &problem)) return fail(path, problem, error);
    keys->texts.push_back(std::move(text));
    keys->names.push_back(name);
    return true;
}

/// True for a file, and for a name that cannot be examined: reading it then fails, while leaving it out would
/// drop a key.
bool may_be_file(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) != 0 || S_ISREG(info.st_mode);
}

bool read_directory(const std::string& path, KeyTexts* keys, std::string* error) {
    const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path.c_str()));
    if (directory == nullptr) return fail(path, base::read_problem(), error);
    const std::string start = path + '/';
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string name = entry->d_name;
        if (name.front() != '.' && may_be_file(start + name)) names.push_back(name);
    }
    if (names.empty()) return fail(path, "is a directory without files", error);
    if (names.size() > max_key_files) return fail(path, "is a directory of more than 256 files", error);
    std::sort(names.begin(), names.end());
    return std::all_of(names.begin(), names.end(),
                       [&](const std::string& name) { return add_file(start + name, name, keys, error); });
}

}  // namespace

bool is_directory(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

bool read_key_sources(const std::vector<KeySource>& sources, KeyTexts* keys, std::string* error) {
    return std::all_of(sources.begin(), sources.end(), [&](const KeySource& source) {
        if (source.path.empty()) {
            keys->texts.push_back(source.text);
            keys->names.emplace_back();
            return true;
        }
        if (is_directory(source.path)) return read_directory(source.path, keys, error);
        return add_file(source.path, {}, keys, error);
    });
}

}  // namespace webhook::module
