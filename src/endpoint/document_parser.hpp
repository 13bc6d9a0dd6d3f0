#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "endpoint/document.hpp"
#include "endpoint/field_reader.hpp"

namespace webhook::signature {
class SchemeSet;
}

namespace webhook::endpoint {

/// The schemes that `sign` may name beside the built-in ones.
struct KnownSchemes {
    const signature::SchemeSet* custom = nullptr;
    bool any = false;  ///< accept every name: the document is stored, and another program checks it
};

/// Parses one document or a whole file (array, or {"endpoints":[...]}); comments are allowed. Refuses unknown
/// fields, and fields that only later versions support, by name; also ids that occur twice. No errors: the
/// result is valid.
std::optional<Document> parse_document(std::string_view json, std::vector<FieldError>* errors,
                                       KnownSchemes schemes = {});
std::optional<std::vector<Document>> parse_file(std::string_view json, std::vector<FieldError>* errors,
                                                KnownSchemes schemes = {});

}  // namespace webhook::endpoint
