#pragma once

#include <hiredis/read.h>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace webhook::worker {

/// One reply of Redis, or a part of one. Lives in the arena of its ReplyTree.
struct Reply {
    enum class Type : unsigned char { nil, integer, text, error, array };
    Type type = Type::nil;
    long long integer = 0;
    std::string_view text;   ///< of text, status and error
    Reply* items = nullptr;  ///< of arrays
    std::size_t count = 0;

    const Reply& operator[](std::size_t i) const { return items[i]; }
    const Reply* begin() const { return items; }
    const Reply* end() const { return items + count; }
    bool is_error() const { return type == Type::error; }
    bool is_error(std::string_view code) const { return is_error() && text.substr(0, code.size()) == code; }
    bool is_array() const { return type == Type::array; }
    bool is(long long number) const { return type == Type::integer && integer == number; }
};

/// A whole reply with all its bytes: a few large blocks instead of two allocations per element.
class ReplyTree {
  public:
    ReplyTree() = default;
    ReplyTree(const ReplyTree&) = delete;
    ReplyTree& operator=(const ReplyTree&) = delete;

    const Reply& root() const { return *root_; }

  private:
    friend class ReplyReader;
    void* take(std::size_t size);

    std::vector<std::unique_ptr<char[]>> blocks_;
    char* free_ = nullptr;
    std::size_t left_ = 0;
    Reply* root_ = nullptr;
};

using ReplyPtr = std::shared_ptr<const ReplyTree>;

/// hiredis' parser with our own tree behind it.
class ReplyReader {
  public:
    ReplyReader();
    ~ReplyReader();
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;

    /// Takes bytes as they come from the socket.
    void feed(const char* data, std::size_t size);

    /// The next whole reply, or nullptr: more bytes are needed, or broken() is true.
    ReplyPtr next();
    bool broken() const { return broken_; }

  private:
    template <auto make, typename... Values>
    static void* guarded(const redisReadTask* task, Values... values) noexcept;
    static Reply* place(const redisReadTask* task);
    static Reply* make_text(const redisReadTask* task, char* data, std::size_t size);
    static Reply* make_array(const redisReadTask* task, std::size_t count);
    static Reply* make_integer(const redisReadTask* task, long long value);

    redisReplyObjectFunctions functions_{};
    redisReader* reader_ = nullptr;
    std::shared_ptr<ReplyTree> tree_;
    bool broken_ = false;
};

}  // namespace webhook::worker
