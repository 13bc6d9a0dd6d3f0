#include "module/stream.hpp"

#include "module/redis_client.hpp"
#include "module/reservations.hpp"

namespace webhook::module {

// Here, where its parts are complete types.
RedisServer::RedisServer() = default;
RedisServer::~RedisServer() = default;

}  // namespace webhook::module
