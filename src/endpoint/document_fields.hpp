#pragma once

#include "endpoint/document.hpp"
#include "endpoint/field_reader.hpp"

namespace webhook::endpoint {

/// A document without id and URL, every other field at its default.
Document default_document();

/// Reads one endpoint document; what is wrong goes to the reader's errors.
Document take_document(const FieldReader& reader);

}  // namespace webhook::endpoint
