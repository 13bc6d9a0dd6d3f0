#include <gtest/gtest.h>

#include "ctl/failure.hpp"
#include "ctl/redis.hpp"

namespace webhook::ctl {
namespace {

TEST(RedisAddress, UrlOrPasswordOfTheEnvironment) {
    EXPECT_THROW(redis_address("http://h"), Failure);
    setenv("WEBHOOK_REDIS_PASSWORD", "secret", 1);
    EXPECT_EQ(redis_address("redis://h").password, "secret");
    EXPECT_EQ(redis_address("redis://:own@h").password, "own");
    unsetenv("WEBHOOK_REDIS_PASSWORD");
}

}  // namespace
}  // namespace webhook::ctl
