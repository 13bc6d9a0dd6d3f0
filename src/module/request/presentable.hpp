#pragma once

#include <algorithm>
#include <string_view>

#include "event/extractor.hpp"

namespace webhook::module {

/// Longest id, type, source and tenant.
inline constexpr std::size_t max_name = event::Extractor::max_name;

/// True when `text` may be an id, type, source or tenant: at most 256 bytes and no control character.
inline bool is_presentable(std::string_view text) {
    return text.size() <= max_name &&
           std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

}  // namespace webhook::module
