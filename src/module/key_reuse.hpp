#pragma once

#include "module/ngx.hpp"

#include <vector>

#include "module/bypass.hpp"

namespace webhook::module {

/// Refuses a key that serves two schemes of which one answers HMACs in its handshakes: whoever sends such handshakes could
/// have it sign for the other. When all locations are known; a setter's result.
char* check_key_reuse(ngx_conf_t* cf, const std::vector<JudgedLocation>& judged);

}  // namespace webhook::module
