#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace webhook::event {

/// The segment `index`, from 1, of "/a/b"; with %XX decoded in `scratch` where there are any. Empty beyond
/// the last one.
std::string_view path_segment(std::string_view path, std::size_t index, std::string* scratch);

}  // namespace webhook::event
