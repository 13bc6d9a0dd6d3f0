#pragma once

#include "module/ngx/ngx.hpp"

#include <string_view>

#include "module/redis/server.hpp"

namespace webhook::module {

/// Reads a URL by store::parse_redis_url(), without user and password, and looks the name up; one that is not
/// known yet is only warned of. Returns nullptr, or what is wrong with the URL.
const char* parse_redis_url(ngx_conf_t* cf, std::string_view url, RedisAddress* address);

}  // namespace webhook::module
