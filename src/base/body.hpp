#pragma once

#include <cstddef>
#include <string_view>

namespace webhook::base {

/// The raw body of a request where it lies: chunks in order, never copied to be looked at.
/// A view: the owner of the bytes (the nginx request, the worker's event) outlives it.
struct BodyView {
    const std::string_view* chunk = nullptr;
    std::size_t count = 0;  ///< number of chunks; 0 means an empty body
    std::size_t size = 0;   ///< bytes in all chunks

    const std::string_view* begin() const { return chunk; }
    const std::string_view* end() const { return chunk + count; }
};

}  // namespace webhook::base
