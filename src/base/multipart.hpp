#pragma once

#include <cstddef>
#include <string_view>

namespace webhook::base {

/// The boundary of a multipart/form-data content type; empty when it is none or has none.
std::string_view multipart_boundary(std::string_view content_type);

/// Looks for the part of that name in a multipart/form-data body (RFC 7578, RFC 2046) in one piece. `count`:
/// how many there are; `value`: the first. What stands before the first boundary and after the last one is
/// skipped, and parts without a name have no values. False when the body is not one, or readers could see
/// different parts in it: it ends without the closing boundary, text follows a boundary on its line, a part
/// has two names or none that can be read.
bool find_part(std::string_view body, std::string_view boundary, std::string_view name,
               std::string_view* value, std::size_t* count);

}  // namespace webhook::base
