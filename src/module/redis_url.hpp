#pragma once

#include "module/ngx.hpp"

#include <string_view>

#include "module/stream.hpp"

namespace webhook::module {

/// Reads "redis://host[:port][/db]" or "unix:/path[:db]" and resolves the name. nullptr, or what is wrong
/// with it (static text, or in the pool).
const char* parse_redis_url(ngx_pool_t* pool, std::string_view url, RedisAddress* address);

}  // namespace webhook::module
