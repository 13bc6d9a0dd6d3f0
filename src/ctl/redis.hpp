#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/redis_address.hpp"
#include "store/script.hpp"

struct redisContext;
struct redisReply;

namespace webhook::ctl {

/// The words of a command.
using Arguments = std::vector<std::string>;

/// A reply, or an element of one: a view that its Reply outlives. What is missing reads as nil, so that
/// callers need no ladder of checks; text of nil is empty, its number 0.
class ReplyView {
  public:
    explicit ReplyView(const redisReply* reply = nullptr) : reply_(reply) {}

    bool is_nil() const;
    bool is_array() const;
    std::size_t size() const;  ///< elements of an array; 0 for everything else
    ReplyView operator[](std::size_t index) const;
    std::string_view text() const;  ///< string, status or error
    std::string string() const { return std::string(text()); }
    std::int64_t number() const;  ///< integer reply, or a string that holds a number (rounded towards zero)

  protected:
    const redisReply* reply_;
};

class Reply : public ReplyView {
  public:
    explicit Reply(redisReply* reply);

  private:
    struct Free {
        void operator()(redisReply* reply) const;
    };
    std::unique_ptr<redisReply, Free> owned_;
};

/// `option` (a URL), else WEBHOOK_REDIS, else redis://127.0.0.1:6379; the password from
/// WEBHOOK_REDIS_PASSWORD where the URL has none. Throws Failure when it is no such URL.
store::RedisAddress redis_address(std::string_view option);

/// A blocking connection with timeouts. Every error is a Failure that says which Redis and what to do.
class Redis {
  public:
    /// Connects, authenticates and selects the database.
    explicit Redis(store::RedisAddress address);

    Reply command(const Arguments& words);
    /// By EVAL: an operator's steps are rare, and a lost script needs no second try then.
    Reply command(const store::Call& call);

    /// Before a step that would lose something if it stopped half-way.
    void require_rights();

    /// All commands in one go; replies in order.
    std::vector<Reply> pipeline(const std::vector<Arguments>& commands);
    std::vector<Reply> pipeline(const std::vector<store::Call>& calls);

    /// For commands that block on purpose: waits so much longer for the reply.
    Reply blocking_command(const Arguments& words, int block_ms);

  private:
    struct Free {
        void operator()(redisContext* context) const;
    };
    void connect();
    void log_in();
    void append(const Arguments& words);
    void append(const store::Call& call);
    template <typename Command>
    std::vector<Reply> send_all(const std::vector<Command>& commands);
    Reply receive();
    void set_timeout(int milliseconds);
    [[noreturn]] void fail_connection() const;
    [[noreturn]] void fail_reply(std::string_view error) const;

    store::RedisAddress address_;
    std::unique_ptr<redisContext, Free> context_;
};

}  // namespace webhook::ctl
