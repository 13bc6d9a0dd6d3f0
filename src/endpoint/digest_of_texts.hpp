#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/digest.hpp"

namespace webhook::endpoint {

/// Returns a SHA-256 that is equal only for equal lists of texts: a key for tables that holds no secret.
inline std::string digest_of_texts(std::initializer_list<std::string_view> texts) {
    base::HashState state(base::Hash::sha256);
    for (const std::string_view text : texts) {
        state.update(std::to_string(text.size()));
        state.update(std::string_view(":"));
        state.update(text);
    }
    return std::string(state.finish().view());
}

}  // namespace webhook::endpoint
