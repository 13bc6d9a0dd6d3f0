#pragma once

#include <cstdint>

namespace webhook::module {

/// Milliseconds of a clock that only goes forward: nginx' ngx_msec_t for files without nginx.
using Msec = std::uintptr_t;

}  // namespace webhook::module
