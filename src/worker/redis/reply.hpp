#pragma once

#include <hiredis/read.h>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace webhook::worker {

/// Is a reply of Redis or a part of one. Lives in the arena of its ReplyTree.
struct RedisReply {
    enum class Type : unsigned char { nil, integer, text, error, array };
    Type type = Type::nil;
    long long integer = 0;
    std::string_view text;        ///< of text, status and error
    RedisReply* items = nullptr;  ///< of arrays
    std::size_t count = 0;

    const RedisReply& operator[](std::size_t i) const { return items[i]; }
    const RedisReply* begin() const { return items; }
    const RedisReply* end() const { return items + count; }
    bool is_error() const { return type == Type::error; }
    bool is_error(std::string_view code) const { return is_error() && text.substr(0, code.size()) == code; }
    bool is_array() const { return type == Type::array; }
    bool is(long long number) const { return type == Type::integer && integer == number; }
};

/// Owns a reply with all its bytes: a few large blocks instead of two allocations per element.
class ReplyTree {
  public:
    ReplyTree() = default;
    ReplyTree(const ReplyTree&) = delete;
    ReplyTree& operator=(const ReplyTree&) = delete;

    const RedisReply& root() const { return *root_; }

  private:
    friend class ReplyReader;
    void* take(std::size_t size);

    std::vector<std::unique_ptr<char[]>> blocks_;
    char* free_ = nullptr;
    std::size_t left_ = 0;
    RedisReply* root_ = nullptr;
};

using ReplyPtr = std::shared_ptr<const ReplyTree>;

/// Parses replies by hiredis' reader into a ReplyTree.
class ReplyReader {
  public:
    ReplyReader();
    ~ReplyReader();
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;

    /// Takes bytes read from the socket.
    void feed(const char* data, std::size_t size);

    /// Returns the next whole reply, or nullptr: more bytes are needed, or broken() is true.
    ReplyPtr next();
    bool broken() const { return broken_; }

  private:
    template <auto make, typename... Values>
    static void* guarded(const redisReadTask* task, Values... values) noexcept;
    static RedisReply* place(const redisReadTask* task);
    static RedisReply* make_text(const redisReadTask* task, char* data, std::size_t size);
    static RedisReply* make_array(const redisReadTask* task, std::size_t count);
    static RedisReply* make_integer(const redisReadTask* task, long long value);

    redisReplyObjectFunctions functions_{};
    redisReader* reader_ = nullptr;
    std::shared_ptr<ReplyTree> tree_;
    bool broken_ = false;
};

}  // namespace webhook::worker
