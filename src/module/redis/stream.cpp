#include "module/redis/stream.hpp"

#include "module/redis/redis_client.hpp"
#include "module/redis/reservations.hpp"

namespace webhook::module {

// Here, where its parts are complete types.
RedisServer::RedisServer() = default;
RedisServer::~RedisServer() = default;

}  // namespace webhook::module
