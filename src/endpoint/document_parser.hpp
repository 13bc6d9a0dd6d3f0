#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "endpoint/document.hpp"
#include "endpoint/document_fields.hpp"
#include "endpoint/field_reader.hpp"

namespace webhook::endpoint {

/// Parses one document or a whole file (array, or {"endpoints":[...]}); comments are allowed. Refuses unknown
/// fields, and fields that only later versions support, by name; also ids that occur twice. No errors: the
/// result is valid.
std::optional<Document> parse_document(std::string_view json, std::vector<FieldError>* errors,
                                       KnownSchemes schemes = {});
std::optional<std::vector<Document>> parse_file(std::string_view json, std::vector<FieldError>* errors,
                                                KnownSchemes schemes = {});

}  // namespace webhook::endpoint
