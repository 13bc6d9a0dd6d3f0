#pragma once

#include "module/ngx/ngx.hpp"

#include <vector>

#include "module/conf/bypass.hpp"

namespace webhook::module {

/// Refuses a key that serves two schemes of which one answers challenges with HMACs: a client that sends such
/// challenges could have it sign for the other. Tries the keys that a map chooses, too: their values are
/// known when all has been read. A setter's result.
char* check_keys(ngx_conf_t* cf, const std::vector<JudgedLocation>& judged);

}  // namespace webhook::module
