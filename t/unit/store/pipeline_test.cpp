// A pipeline at both ends of a scripted connection: what is sent, who is answered, and that each is answered
// once, however it ends.

#include <gtest/gtest.h>

#include <functional>
#include <new>
#include <string>
#include <vector>

#include "store/pipeline.hpp"
#include "store/reply.hpp"

namespace webhook::store {
namespace {

constexpr std::string_view executed = "*2\r\n$3\r\n1-0\r\n*1\r\n:3\r\n";

/// A client of a pipeline: notes its answers, one text each.
class Client {
  public:
    Client() { EXPECT_TRUE(pipeline.open()); }

    Taker taker(const char* name, unsigned replies = 1, bool is_needed = false) {
        const auto take = [](void* owner, void* data, const redisReply* reply) {
            auto* self = static_cast<Client*>(owner);
            const auto* who = static_cast<const char*>(data);
            self->answers.push_back(std::string(who) + " " + describe(reply));
            if (self->react) self->react(who, reply);
        };
        return {take, this, const_cast<char*>(name), replies, is_needed};
    }
    void ask(std::string_view command, const char* name, unsigned replies = 1, bool is_needed = false) {
        pipeline.add([command](std::string* out) { out->append(command); }, {taker(name, replies, is_needed)},
                     ++now);
    }
    std::string feed(std::string_view bytes) {
        return std::string(pipeline.feed(bytes.data(), bytes.size()));
    }
    std::string told() {
        std::string all;
        for (const std::string& answer : answers)
            all += (all.empty() ? "" : ", ") + answer;
        answers.clear();
        return all;
    }

    static std::string describe(const redisReply* reply) {
        if (reply == nullptr) return "lost";
        if (reply->type == REDIS_REPLY_INTEGER) return std::to_string(reply->integer);
        if (reply->type == REDIS_REPLY_ARRAY) return "[" + std::to_string(reply->elements) + "]";
        if (reply->type == REDIS_REPLY_NIL) return "nil";
        return reply->len < 40 ? std::string(text(*reply)) : std::to_string(reply->len) + " bytes";
    }

    Pipeline pipeline;
    std::vector<std::string> answers;
    std::function<void(std::string_view who, const redisReply* reply)> react;
    std::uint64_t now = 0;
};

TEST(Pipeline, RepliesComeInTheOrderOfCommands) {
    Client client;
    client.ask("A", "a");
    client.ask("BCD", "b", 3);
    client.ask("E", "e");
    EXPECT_EQ(client.pipeline.unsent(), "ABCDE");
    EXPECT_EQ(client.feed("+OK\r\n:1\r\n:2\r\n"), "");
    EXPECT_EQ(client.told(), "a OK, b 1, b 2");
    EXPECT_FALSE(client.pipeline.is_idle());
    EXPECT_EQ(client.feed("-ERR no\r\n$-1\r\n"), "");
    EXPECT_EQ(client.told(), "b ERR no, e nil");
    EXPECT_TRUE(client.pipeline.is_idle());
}

TEST(Pipeline, TakesRepliesInPiecesOfAnySize) {
    const std::string long_text(70'000, 'x');
    const std::string bytes = std::string("+OK\r\n") + std::string(executed) + "$" +
                              std::to_string(long_text.size()) + "\r\n" + long_text + "\r\n:5\r\n";
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{7}, std::size_t{1000}, std::size_t{16384}, bytes.size()}) {
        Client client;
        client.ask("", "ok");
        client.ask("", "exec");
        client.ask("", "long");
        client.ask("", "five");
        for (std::size_t at = 0; at < bytes.size(); at += piece)
            ASSERT_EQ(client.feed(std::string_view(bytes).substr(at, piece)), "");
        EXPECT_EQ(client.told(), "ok OK, exec [2], long 70000 bytes, five 5") << piece;
    }
}

TEST(Pipeline, LossAnswersEachOnce) {
    Client client;
    client.ask("A", "a", 3);
    client.ask("B", "b");
    EXPECT_EQ(client.feed("+OK\r\n*2\r\n$3\r\n1-"), "");
    EXPECT_EQ(client.told(), "a OK");
    client.pipeline.abandon();
    EXPECT_EQ(client.told(), "a lost, a lost, b lost");
    client.pipeline.abandon();
    EXPECT_EQ(client.told(), "");
    EXPECT_EQ(client.pipeline.unsent(), "");
    // The half reply is not that of the next connection.
    ASSERT_TRUE(client.pipeline.open());
    client.ask("C", "c");
    EXPECT_EQ(client.feed(":7\r\n"), "");
    EXPECT_EQ(client.told(), "c 7");
}

TEST(Pipeline, LossInsideATaker) {
    Client client;
    client.ask("A", "a");
    client.ask("B", "b", 2);
    client.ask("C", "c");
    client.react = [&](std::string_view who, const redisReply* reply) {
        if (who != "a") return;
        client.pipeline.abandon();
        EXPECT_EQ(text(*reply), "still here");  // to the end of the call
    };
    EXPECT_EQ(client.feed("$10\r\nstill here\r\n:1\r\n:2\r\n:3\r\n"), "");
    EXPECT_EQ(client.told(), "a still here, b lost, b lost, c lost");
    EXPECT_TRUE(client.pipeline.is_idle());
}

TEST(Pipeline, LossInsideATakerThatIsToldOfTheLoss) {
    Client client;
    client.ask("A", "a");
    client.ask("B", "b");
    client.react = [&](std::string_view, const redisReply*) { client.pipeline.abandon(); };
    client.pipeline.abandon();
    EXPECT_EQ(client.told(), "a lost, b lost");
}

TEST(Pipeline, ReconnectionInsideATaker) {
    Client client;
    client.ask("A", "a");
    client.ask("B", "b");
    client.react = [&](std::string_view who, const redisReply*) {
        if (who != "a") return;
        ASSERT_TRUE(client.pipeline.open());
        client.ask("D", "d");
    };
    EXPECT_EQ(client.feed("+OK\r\n+old\r\n"), "");
    EXPECT_EQ(client.told(), "a OK, b lost") << "what the old connection sent answers nobody of the new one";
    EXPECT_EQ(client.pipeline.unsent(), "D");
    EXPECT_EQ(client.feed("+new\r\n"), "");
    EXPECT_EQ(client.told(), "d new");
}

TEST(Pipeline, CommandsThatAreAddedInATakerFollow) {
    Client client;
    client.ask("A", "a");
    client.react = [&](std::string_view who, const redisReply* reply) {
        if (who == "a" && reply != nullptr) client.ask("B", "b");
    };
    EXPECT_EQ(client.feed("+OK\r\n"), "");
    EXPECT_EQ(client.pipeline.unsent(), "AB");
    EXPECT_EQ(client.feed("+late\r\n"), "");
    EXPECT_EQ(client.told(), "a OK, b late");
}

TEST(Pipeline, CommandsThatAreAddedDuringTheLossAreLost) {
    Client client;
    client.ask("A", "a");
    client.react = [&](std::string_view who, const redisReply*) {
        if (who == "a") client.ask("B", "b");
    };
    client.pipeline.abandon();
    EXPECT_EQ(client.told(), "a lost, b lost");
    EXPECT_EQ(client.pipeline.unsent(), "");
}

TEST(Pipeline, WhatNobodyAskedForEndsTheConnection) {
    const std::string problem = "it sent something that was not asked for";
    {
        Client client;
        EXPECT_EQ(client.feed("-ERR max number of clients reached\r\n"), problem);
    }
    for (const std::string_view more : {"+MORE\r\n", "+MORE\r\n$9\r\nx", "?"}) {
        Client client;
        client.ask("A", "a", 2);
        client.react = [&](std::string_view who, const redisReply* reply) {
            if (who == "a" && reply != nullptr && client.answers.size() == 2) {
                EXPECT_TRUE(client.pipeline.is_broken()) << "known before the last one is answered";
                client.ask("B", "b");
            }
        };
        EXPECT_EQ(client.feed("+OK\r\n:1\r\n" + std::string(more)), problem);
        EXPECT_EQ(client.told(), "a OK, a 1") << "the surplus is not the answer to a later command";
        client.pipeline.abandon();
        EXPECT_EQ(client.told(), "b lost");
    }
}

TEST(Pipeline, BrokenRepliesEndTheConnection) {
    for (const std::string_view bytes : {"hello\r\n", "*3\r\n+a\r\n?", "$5\r\nabc\r\nxx\r\n?"}) {
        Client client;
        client.ask("A", "a", 3);
        EXPECT_NE(client.feed(bytes), "") << bytes;
        client.told();
        client.pipeline.abandon();
        EXPECT_NE(client.told().find("a lost"), std::string::npos);
    }
}

TEST(Pipeline, RepliesAreBounded) {
    Client client;
    client.ask("A", "a");
    EXPECT_EQ(client.feed("$99999999\r\n"), "");
    const std::string part(1 << 20, 'x');
    std::string problem;
    std::size_t fed = 0;
    for (; problem.empty() && fed < 2 * Pipeline::max_reply; fed += part.size())
        problem = client.feed(part);
    EXPECT_EQ(problem, "its reply is too long");
    EXPECT_LE(fed, Pipeline::max_reply + part.size());

    Client other;
    other.ask("A", "a");
    EXPECT_NE(other.feed("*2147483647\r\n"), "") << "no memory for elements that were only announced";
}

TEST(Pipeline, ManyRepliesAreNotOneLongOne) {
    Client client;
    const std::string reply = "$100000\r\n" + std::string(100'000, 'x') + "\r\n";
    for (int i = 0; i < 400; ++i) {
        client.ask("A", "a");
        ASSERT_EQ(client.feed(reply), "");
    }
}

TEST(Pipeline, HalfACommandIsNeverSent) {
    Client client;
    client.ask("A", "a", 1, true);
    const auto half = [](std::string* out) {
        out->append("half");
        throw std::bad_alloc();
    };
    EXPECT_THROW(client.pipeline.add(half, {client.taker("x", 1, true)}, 1), std::bad_alloc);
    EXPECT_EQ(client.pipeline.unsent(), "A");
    client.ask("B", "b");
    EXPECT_EQ(client.feed("+1\r\n+2\r\n"), "");
    EXPECT_EQ(client.told(), "a 1, b 2");
    EXPECT_FALSE(client.pipeline.is_needed());
}

TEST(Pipeline, IsNeededWhileOneThatIsNeededWaits) {
    Client client;
    client.ask("A", "a");
    EXPECT_FALSE(client.pipeline.is_needed());
    client.ask("B", "b", 2, true);
    client.ask("C", "c");
    EXPECT_TRUE(client.pipeline.is_needed());
    EXPECT_EQ(client.feed(":1\r\n:2\r\n"), "");
    EXPECT_TRUE(client.pipeline.is_needed());
    EXPECT_EQ(client.feed(":3\r\n"), "");
    EXPECT_FALSE(client.pipeline.is_needed());
    client.ask("D", "d", 1, true);
    client.pipeline.abandon();
    EXPECT_FALSE(client.pipeline.is_needed());
}

TEST(Pipeline, TheOldestCommandTellsTheAge) {
    Client client;
    client.ask("A", "a");
    client.ask("B", "b");
    EXPECT_EQ(client.pipeline.oldest(), 1u);
    EXPECT_EQ(client.feed("+OK\r\n"), "");
    EXPECT_EQ(client.pipeline.oldest(), 2u);
}

TEST(Pipeline, SendsInPieces) {
    Client client;
    std::string sent;
    for (int i = 0; i < 50; ++i) {
        client.ask("command " + std::to_string(i) + ";", "a");
        const std::size_t count = std::min<std::size_t>(client.pipeline.unsent().size(), 7);
        sent += client.pipeline.unsent().substr(0, count);
        client.pipeline.advance(count);
    }
    sent += client.pipeline.unsent();
    client.pipeline.advance(client.pipeline.unsent().size());
    EXPECT_EQ(client.pipeline.unsent(), "");
    std::string expected;
    for (int i = 0; i < 50; ++i)
        expected += "command " + std::to_string(i) + ";";
    EXPECT_EQ(sent, expected);
}

TEST(Pipeline, HoldsManyCommands) {
    Client client;
    int answered = 0;
    client.react = [&](std::string_view, const redisReply*) { ++answered; };
    for (int round = 0; round < 5; ++round) {
        for (int i = 0; i < 1000; ++i)
            client.ask("A", "a");
        for (int i = 0; i < 900; ++i)
            ASSERT_EQ(client.feed("+OK\r\n"), "");
    }
    EXPECT_EQ(answered, 4500);
    client.pipeline.abandon();
    EXPECT_EQ(answered, 5000);
}

}  // namespace
}  // namespace webhook::store
