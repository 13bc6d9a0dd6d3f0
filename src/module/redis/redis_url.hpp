#pragma once

#include "module/ngx/ngx.hpp"

#include <string_view>

#include "module/redis/server.hpp"

namespace webhook::module {

/// Reads "redis://host[:port][/db]" or "unix:/path[:db]" and looks the name up; one that is not known yet is
/// only warned of. nullptr, or what is wrong with the URL (static text, or in the configuration's pool).
const char* parse_redis_url(ngx_conf_t* cf, std::string_view url, RedisAddress* address);

}  // namespace webhook::module
