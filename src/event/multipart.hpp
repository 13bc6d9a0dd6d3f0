#pragma once

#include <cstddef>
#include <string_view>

namespace webhook::event {

/// The boundary of a multipart/form-data content type; empty when it is none or has none.
std::string_view multipart_boundary(std::string_view content_type);

/// Looks for the part of that name in a multipart/form-data body (RFC 7578) in one piece. `count`: how many there are;
/// `value`: the first. False when the body is not one: strict, there is nothing before the first boundary, every part
/// names itself once, and it ends with the closing boundary.
bool find_part(std::string_view body, std::string_view boundary, std::string_view name,
               std::string_view* value, std::size_t* count);

}  // namespace webhook::event
