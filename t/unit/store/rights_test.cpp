// Which commands the worker asks for, and how Redis says that one is forbidden.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "store/rights.hpp"
#include "t/unit/support/redis_server.hpp"

namespace webhook::store {
namespace {

using test::Reply;
using test::text;

class RightsTest : public ::testing::Test {
  protected:
    Reply ask() {
        std::string command;
        missing_rights().append_to(true, &command);
        return redis.raw(command);
    }

    test::RedisServer redis;
};

std::size_t words_of(const Right& right) {
    const auto ends = std::count(right.name.begin(), right.name.end(), '|');
    const auto blanks = std::count(right.arguments.begin(), right.arguments.end(), ' ');
    return static_cast<std::size_t>(1 + ends + blanks + (right.arguments.empty() ? 0 : 1));
}

// Redis since 2026-03 refuses to judge a command that has too few words.
TEST_F(RightsTest, EachCommandHasAsManyWordsAsRedisWants) {
    for (const Right& right : needed_rights()) {
        const auto info = redis({"COMMAND", "INFO", std::string(right.name)});
        ASSERT_EQ(info->elements, 1u) << right.name;
        ASSERT_EQ(info->element[0]->type, REDIS_REPLY_ARRAY) << right.name << " is no command";
        const auto arity = info->element[0]->element[1]->integer;
        const auto words = static_cast<long long>(words_of(right));
        EXPECT_TRUE(arity >= 0 ? words == arity : words >= -arity)
            << right.name << ": " << words << " words, arity " << arity;
        EXPECT_EQ(right.arguments.find("  "), std::string_view::npos) << right.name;
    }
}

TEST_F(RightsTest, NothingIsMissingWhereEverythingIsAllowed) {
    const auto reply = ask();
    EXPECT_EQ(reply->type, REDIS_REPLY_STRING) << text(reply);
    EXPECT_EQ(text(reply), "");
}

TEST_F(RightsTest, EachForbiddenCommandIsNamed) {
    for (const Right& right : needed_rights()) {
        const std::string name(right.name);
        redis({"ACL", "SETUSER", "poor", "reset", "on", "nopass", "~webhook:*", "+@all", "-" + name});
        redis({"AUTH", "poor", "x"});
        EXPECT_EQ(text(ask()), name);
        redis({"AUTH", "default", "x"});
    }
}

TEST_F(RightsTest, KeysThatAreNotOursAreMissingToo) {
    redis({"ACL", "SETUSER", "poor", "on", "nopass", "~other:*", "+@all"});
    redis({"AUTH", "poor", "x"});
    const auto reply = ask();
    EXPECT_TRUE(is_missing_right(text(reply))) << text(reply);  // the script's own key is not allowed
}

TEST_F(RightsTest, WhatIsNoCommandIsNamed) {
    test::RedisServer renamed({"--rename-command", "HSETNX", ""});
    std::string command;
    missing_rights().append_to(true, &command);
    const auto reply = renamed.raw(command);
    EXPECT_EQ(reply->type, REDIS_REPLY_ERROR);
    EXPECT_NE(text(reply).find("HSETNX"), std::string_view::npos) << text(reply);
}

TEST_F(RightsTest, RefusalsOfTheServerAreKnownAsSuch) {
    redis({"ACL", "SETUSER", "poor", "on", "nopass", "~webhook:*", "+@all", "-hset"});
    redis({"AUTH", "poor", "x"});
    const std::vector<std::vector<std::string>> refused = {
        {"HSET", "webhook:a", "f", "v"},
        {"GET", "other"},
        {"EVAL", "return redis.call('HSET', KEYS[1], 'f', 'v')", "1", "webhook:a"},
        {"EVAL", "return redis.call('GET', ARGV[1])", "1", "webhook:a", "other"}};
    for (const auto& command : refused) {
        const auto reply = redis(command);
        ASSERT_EQ(reply->type, REDIS_REPLY_ERROR);
        EXPECT_TRUE(is_missing_right(text(reply))) << text(reply);
    }
}

TEST(Rights, WordingsOfAllVersionsAreKnown) {
    for (const char* error :
         {"NOPERM this user has no permissions to run the 'hset' command",
          "NOPERM User poor has no permissions to run the 'hset' command",
          "ERR The user executing the script can't run this command or subcommand script: 1a, on "
          "@user_script:1.",
          "ERR The user executing the script can't access at least one of the keys mentioned in the command",
          "ERR ACL failure in script: User poor has no permissions to run the 'hset' command script: 1a",
          "User poor has no permissions to run the 'hset' command", "No permissions to access a key"}) {
        EXPECT_TRUE(is_missing_right(error)) << error;
    }
    for (const char* error : {"OOM command not allowed", "ERR unknown command", "NOSCRIPT No matching script",
                              "WRONGTYPE Operation against a key", ""}) {
        EXPECT_FALSE(is_missing_right(error)) << error;
    }
}

}  // namespace
}  // namespace webhook::store
