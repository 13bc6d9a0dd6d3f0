#include "store/server_info.hpp"

#include <gtest/gtest.h>

namespace webhook::store {
namespace {

std::string info(std::string_view version, std::string_view mode, std::string_view policy,
                 std::string_view role = "master", std::string_view loading = "0") {
    return std::string("# Server\r\nredis_version:")
        .append(version)
        .append("\r\nredis_mode:")
        .append(mode)
        .append("\r\nloading:")
        .append(loading)
        .append("\r\nrole:")
        .append(role)
        .append("\r\nmaxmemory_policy:")
        .append(policy)
        .append("\r\n");
}

TEST(ServerInfo, AServerThatCannotKeepPromisesIsRefusedByName) {
    EXPECT_EQ(judge_server(info("7.0.15", "standalone", "noeviction")), "");
    EXPECT_EQ(judge_server(info("8.0.0", "standalone", "noeviction")), "");
    const auto says = [](const std::string& text, std::string_view word) {
        return judge_server(text).find(word) != std::string::npos;
    };
    EXPECT_TRUE(says(info("6.2.7", "standalone", "noeviction"), "6.2.7"));
    EXPECT_TRUE(says(info("7.0.15", "cluster", "noeviction"), "cluster"));
    EXPECT_TRUE(says(info("7.0.15", "standalone", "allkeys-lru"), "allkeys-lru"));
    EXPECT_TRUE(says(info("7.0.15", "standalone", "volatile-ttl"), "volatile-ttl"));
    EXPECT_TRUE(says(info("7.0.15", "standalone", "noeviction", "slave"), "slave"));
    EXPECT_TRUE(says(info("7.0.15", "standalone", "noeviction", "master", "1"), "loading"));
    EXPECT_NE(judge_server(""), "") << "an empty answer is no proof";
}

TEST(ServerInfo, AnAppendOnlyFileIsMissingWhereTheServerSaysSo) {
    EXPECT_TRUE(lacks_append_only_file("# Persistence\r\nloading:0\r\naof_enabled:0\r\naof_rewrites:0\r\n"));
    EXPECT_FALSE(lacks_append_only_file("# Persistence\r\naof_enabled:1\r\n"));
    EXPECT_FALSE(lacks_append_only_file("redis_version:7.0.15\r\n")) << "it says nothing of it";
    EXPECT_FALSE(lacks_append_only_file(""));
}

}  // namespace
}  // namespace webhook::store
