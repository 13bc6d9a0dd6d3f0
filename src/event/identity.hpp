#pragma once

#include <cstdint>

namespace webhook::event {

/// Deduplication key: the id; the id and the content; the content.
enum class By : std::uint8_t { id, both, body };

}  // namespace webhook::event
