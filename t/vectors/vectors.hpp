#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

namespace webhook::test {

/// Reads every file of vectors in this folder, in the order of their names.
inline nlohmann::json read_vectors() {
    const std::filesystem::path here = __FILE__;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(here.parent_path())) {
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    nlohmann::json all = nlohmann::json::array();
    for (const auto& file : files) {
        for (auto& vector : nlohmann::json::parse(std::ifstream(file)))
            all.push_back(std::move(vector));
    }
    return all;
}

}  // namespace webhook::test
