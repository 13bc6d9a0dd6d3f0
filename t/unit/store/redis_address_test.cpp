#include "store/redis_address.hpp"

#include <gtest/gtest.h>

namespace webhook::store {
namespace {

TEST(RedisAddress, TakesEveryForm) {
    std::string error;
    const auto full = parse_redis_url("redis://us%40er:p%3Aw@[::1]:7000/3", &error);
    ASSERT_TRUE(full) << error;
    EXPECT_EQ(full->host, "::1");
    EXPECT_EQ(full->port, 7000u);
    EXPECT_EQ(full->database, 3u);
    EXPECT_EQ(full->user, "us@er");
    EXPECT_EQ(full->password, "p:w");
    EXPECT_EQ(full->text(), "redis://[::1]:7000/3") << "no password in messages";
    const auto plain = parse_redis_url("redis://bob@h", &error);
    ASSERT_TRUE(plain) << error;
    EXPECT_EQ(plain->text(), "redis://h:6379");
    EXPECT_EQ(plain->user, "bob");
    const auto socket = parse_redis_url("unix:/run/my redis.sock:2", &error);
    ASSERT_TRUE(socket) << error;
    EXPECT_EQ(socket->path, "/run/my redis.sock");
    EXPECT_EQ(socket->database, 2u);
    EXPECT_EQ(socket->text(), "unix:/run/my redis.sock:2");
}

TEST(RedisAddress, SaysWhatIsWrong) {
    const std::string port = "invalid port, 1 to 65535 expected", host = "invalid host",
                      database = "invalid database number, 0 to 65535 expected",
                      path = "absolute path expected (unix:/path[:db])",
                      form = "\"redis://\" or \"unix:\" expected", none = "no host (redis://host:port/db)";
    const struct {
        std::string url, problem;
    } cases[] = {
        {"", form},
        {"host:6379", form},
        {"http://h", form},
        {"REDIS://h", form},
        {"redis://", none},
        {"redis://:6379", none},
        {"redis://a:b@", none},
        {"redis://h:0", port},
        {"redis://h:", port},
        {"redis://h:x", port},
        {"redis://h:70000", port},
        {"redis://h:1:2", port},
        {"redis://h/x", database},
        {"redis://h/65536", database},
        {"redis://h/-1", database},
        {"redis://h/1/2", database},
        {"redis://h?x", host},
        {"redis://h h", host},
        {"redis://h\xc3\xa9", host},
        {"redis://" + std::string(254, 'h'), host},
        {"redis://[127.0.0.1]", host},
        {"redis://[]", none},
        {"redis://::1", none},
        {"redis://[::1", "has \"[\" without \"]\""},
        {"redis://[::1]7", "has text between \"]\" and the port"},
        {"unix:", path},
        {"unix:relative", path},
        {"unix:/p:x", database},
        {"unix:/p:", database},
        {"unix:/" + std::string(107, 'x'), "the path of the socket is longer than 107 bytes"},
        {"rediss://h", "\"rediss://\" (TLS) is not supported by this build"},
        {"redis-cluster://h", "\"redis-cluster://\" is not supported by this version"},
        {"redis-sentinel://h/n", "\"redis-sentinel://\" is not supported by this version"},
    };
    for (const auto& [url, problem] : cases) {
        std::string error;
        EXPECT_FALSE(parse_redis_url(url, &error)) << url;
        EXPECT_EQ(error, problem + " in the Redis URL") << url;
    }
}

TEST(RedisAddress, TakesTheLargest) {
    RedisAddress address;
    EXPECT_EQ(parse_redis_url("unix:/" + std::string(106, 'x') + ":3", &address), nullptr);
    EXPECT_EQ(address.path.size(), 107u);
    EXPECT_EQ(parse_redis_url("redis://" + std::string(253, 'H') + ":65535/65535", &address), nullptr);
    EXPECT_EQ(address.text(), "redis://" + std::string(253, 'h') + ":65535/65535");
    EXPECT_TRUE(address.path.empty()) << "nothing is left of the address before";
    EXPECT_EQ(parse_redis_url("redis://h/", &address), nullptr);
    EXPECT_EQ(address.database, 0u);
}

TEST(RedisAddress, AnotherUserIsTheSamePlace) {
    std::string error;
    const auto place = parse_redis_url("redis://a:b@h:7/2", &error);
    EXPECT_TRUE(place->same_place(*parse_redis_url("redis://h:7/2", &error)));
    EXPECT_FALSE(*place == *parse_redis_url("redis://h:7/2", &error));
    for (const char* other : {"redis://a:b@i:7/2", "redis://a:b@h:8/2", "redis://a:b@h:7/3", "unix:/h:2"})
        EXPECT_FALSE(place->same_place(*parse_redis_url(other, &error))) << other;
}

}  // namespace
}  // namespace webhook::store
