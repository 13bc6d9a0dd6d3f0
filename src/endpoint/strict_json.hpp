#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace webhook::endpoint {

/// What an exception of nlohmann-json says, without the "[json.exception...] " at its head.
inline std::string json_problem(const std::exception& error) {
    const std::string_view what = error.what();
    const std::size_t end = what.find("] ");
    return std::string(end == std::string_view::npos ? what : what.substr(end + 2));
}

}  // namespace webhook::endpoint
