#include <gtest/gtest.h>

#include "worker/redis/reply.hpp"

namespace webhook::worker {
namespace {

using namespace std::chrono_literals;

TEST(WorkerReplyReader, NestedReplyInPieces) {
    const std::string text =
        "*2\r\n$3\r\nkey\r\n*2\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n*-1\r\n:7\r\n-ERR x\r\n";
    for (std::size_t piece = 1; piece < text.size(); ++piece) {
        ReplyReader reader;
        std::vector<ReplyPtr> replies;
        for (std::size_t at = 0; at < text.size(); at += piece) {
            reader.feed(text.data() + at, std::min(piece, text.size() - at));
            while (auto reply = reader.next())
                replies.push_back(std::move(reply));
        }
        ASSERT_FALSE(reader.broken());
        ASSERT_EQ(replies.size(), 3u);
        EXPECT_EQ(replies[0]->root()[1][0][1][1].text, "b");
        EXPECT_EQ(replies[0]->root()[1][1].type, RedisReply::Type::nil);
        EXPECT_TRUE(replies[1]->root().is(7));
        EXPECT_TRUE(replies[2]->root().is_error("ERR"));
    }
}

}  // namespace
}  // namespace webhook::worker
