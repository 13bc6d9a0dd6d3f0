#pragma once

#include "endpoint/document_parser.hpp"

namespace webhook::endpoint {

/// Reads one endpoint document; adds what is wrong to the reader's errors.
Document take_document(const FieldReader& reader, const KnownSchemes& schemes);

}  // namespace webhook::endpoint
