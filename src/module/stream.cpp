#include "module/stream.hpp"

#include "module/redis_client.hpp"

namespace webhook::module {

// Here, where RedisClient is a complete type.
RedisServer::RedisServer() = default;
RedisServer::~RedisServer() = default;

}  // namespace webhook::module
