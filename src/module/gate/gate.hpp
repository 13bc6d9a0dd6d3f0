#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// Puts the gate into nginx' PRECONTENT phase, where `satisfy any` cannot skip it: locations with `webhook`
/// and without `webhook_stream`.
ngx_int_t install_gate(ngx_conf_t* cf);

}  // namespace webhook::module
