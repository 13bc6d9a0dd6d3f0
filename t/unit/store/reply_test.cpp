#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "store/reply.hpp"
#include "store/reply_arena.hpp"

namespace webhook::store {
namespace {

/// hiredis' parser with its replies in an arena.
class Reader {
  public:
    Reader() { arena_.serve(reader_.get()); }

    void feed(std::string_view bytes) {
        ASSERT_EQ(redisReaderFeed(reader_.get(), bytes.data(), bytes.size()), REDIS_OK);
    }
    /// nullptr: not whole yet, or broken.
    const redisReply* next() {
        void* reply = nullptr;
        broken_ = redisReaderGetReply(reader_.get(), &reply) != REDIS_OK;
        return static_cast<redisReply*>(reply);
    }
    bool broken() const { return broken_; }

  private:
    struct Free {
        void operator()(redisReader* reader) const { redisReaderFree(reader); }
    };

    ReplyArena arena_;
    std::unique_ptr<redisReader, Free> reader_{redisReaderCreate()};
    bool broken_ = false;
};

constexpr std::string_view executed = "*4\r\n$3\r\n1-0\r\n-OOM no room\r\n$-1\r\n*3\r\n:3\r\n+OK\r\n*0\r\n";

void expect_executed(const redisReply* reply) {
    ASSERT_NE(reply, nullptr);
    ASSERT_EQ(reply->type, REDIS_REPLY_ARRAY);
    ASSERT_EQ(reply->elements, 4u);
    EXPECT_EQ(reply->element[0]->type, REDIS_REPLY_STRING);
    EXPECT_EQ(text(*reply->element[0]), "1-0");
    EXPECT_STREQ(reply->element[0]->str, "1-0");
    EXPECT_EQ(reply->element[1]->type, REDIS_REPLY_ERROR);
    EXPECT_EQ(text(*reply->element[1]), "OOM no room");
    EXPECT_EQ(reply->element[2]->type, REDIS_REPLY_NIL);
    const redisReply& inner = *reply->element[3];
    ASSERT_EQ(inner.type, REDIS_REPLY_ARRAY);
    ASSERT_EQ(inner.elements, 3u);
    EXPECT_EQ(inner.element[0]->integer, 3);
    EXPECT_EQ(text(*inner.element[1]), "OK");
    EXPECT_EQ(inner.element[2]->elements, 0u);
}

TEST(ReplyArena, AReplyComesTogetherByteByByte) {
    Reader reader;
    for (int round = 0; round < 3; ++round) {
        for (const char& byte : executed.substr(0, executed.size() - 1)) {
            reader.feed({&byte, 1});
            EXPECT_EQ(reader.next(), nullptr);
            EXPECT_FALSE(reader.broken());
        }
        reader.feed(executed.substr(executed.size() - 1));
        expect_executed(reader.next());
    }
}

TEST(ReplyArena, RepliesThatCameTogetherAreReadOneByOne) {
    Reader reader;
    reader.feed(std::string(executed).append(executed).append(":7\r\n"));
    expect_executed(reader.next());
    expect_executed(reader.next());
    const redisReply* last = reader.next();
    ASSERT_NE(last, nullptr);
    EXPECT_EQ(last->integer, 7);
    EXPECT_EQ(reader.next(), nullptr);
}

TEST(ReplyArena, ALongReplyTakesMoreThanTheBlock) {
    Reader reader;
    const std::string long_text(100000, 'x');
    for (int round = 0; round < 3; ++round) {
        reader.feed("*1000\r\n");
        for (int i = 0; i < 1000; ++i)
            reader.feed(":" + std::to_string(i) + "\r\n");
        const redisReply* numbers = reader.next();
        ASSERT_NE(numbers, nullptr);
        for (std::size_t i = 0; i < 1000; ++i)
            ASSERT_EQ(numbers->element[i]->integer, static_cast<long long>(i));
        reader.feed("$100000\r\n" + long_text + "\r\n");
        const redisReply* one = reader.next();
        ASSERT_NE(one, nullptr);
        EXPECT_EQ(text(*one), long_text);
    }
}

TEST(ReplyArena, BytesThatAreNoReplyBreakTheReader) {
    Reader reader;
    reader.feed("*2\r\n:1\r\n?\r\n");
    EXPECT_EQ(reader.next(), nullptr);
    EXPECT_TRUE(reader.broken());
}

}  // namespace
}  // namespace webhook::store
