#pragma once

#include <string_view>

#include "endpoint/condition.hpp"
#include "endpoint/document.hpp"

namespace webhook::endpoint {

/// Bytes of a response's body that are kept, and that conditions see.
inline constexpr std::size_t max_response = 16384;

bool is_success_status(const Document& document, int status);

/// Whether the body of a response (what was kept of it) fits the condition; without one it does. A document
/// that was cut at max_response has the values that were whole before the cut.
bool is_success_body(const Condition* where, std::string_view body);

}  // namespace webhook::endpoint
