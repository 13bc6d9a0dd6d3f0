#pragma once

#include <string>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

// Several schemes that sign one request.

/// Returns a header that both schemes set, to values that cannot stand together; empty: there is none.
std::string conflicting_header(const Scheme& a, const Scheme& b);

/// Returns whether the scheme sets the header (lower case).
bool sets_header(const Scheme& scheme, std::string_view name);

/// Returns whether the value of the signature's header is a list of signatures with blanks between them, to
/// which another scheme may add its own ("v1,... v1a,...").
bool has_open_list(const Scheme& scheme);

}  // namespace webhook::signature
