#pragma once

#include <string>
#include <utility>

namespace webhook::base {

/// False, so that a check can end with what it says.
inline bool fail(std::string* error, std::string message) {
    *error = std::move(message);
    return false;
}

}  // namespace webhook::base
