#pragma once

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

/// Reads one endpoint document; adds what is wrong to the reader's errors.
Document take_document(const FieldReader& reader, const KnownSchemes& schemes);

}  // namespace webhook::endpoint
