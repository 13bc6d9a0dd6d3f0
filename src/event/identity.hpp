#pragma once

#include <cstdint>

namespace webhook::event {

/// What tells an event from another: the id; the id and the content; the content.
enum class By : std::uint8_t { id, both, body };

}  // namespace webhook::event
