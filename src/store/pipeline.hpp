#pragma once

#include <hiredis/hiredis.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/reply_arena.hpp"

namespace webhook::store {

/// Takes the next `replies` replies, one call each.
struct Taker {
    using Take = void (*)(void* owner, void* data, const redisReply* reply);
    Take take = nullptr;  ///< must not throw; `reply` is nullptr when the connection was lost, and lives for
                          ///< the call only
    void* owner = nullptr;
    void* data = nullptr;
    unsigned replies = 1;
    bool is_needed = false;  ///< a process that ends waits for them
};

/// The two directions of a connection to Redis without the connection itself: the bytes to send, and the
/// takers of the replies, which come in the order of the commands. hiredis parses them.
///
/// Each reply that is expected is answered exactly once: by what Redis sent, or by nullptr in abandon(). A
/// taker may call everything here, abandon() too.
class Pipeline {
  public:
    Pipeline() = default;
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    /// A new connection begins. False: memory is out.
    bool open();

    /// Appends the commands that `write(std::string*)` writes, whose replies the takers take. When `write` or
    /// this throws, nothing was appended: half a command is never sent. `now` in milliseconds of any clock.
    template <class Write>
    void add(const Write& write, std::initializer_list<Taker> takers, std::uint64_t now) {
        Draft draft(this);
        write(&out_);
        for (const Taker& taker : takers)
            push({taker, now});
        draft.commit();
    }

    /// Bytes that wait to be sent.
    std::string_view unsent() const { return std::string_view(out_).substr(sent_); }
    /// That many of them were sent.
    void advance(std::size_t count);

    /// Takes bytes that Redis sent and calls the takers of the replies that are whole. Empty, or why the
    /// connection must end; the text lives until abandon().
    std::string_view feed(const char* bytes, std::size_t size);

    /// The connection is lost: answers all that is expected by nullptr and forgets what was not sent.
    void abandon();

    bool is_idle() const { return count_ == 0; }
    /// True after Redis sent what nothing can follow: nothing more should be sent.
    bool is_broken() const { return broken_; }
    /// True while a taker that is needed waits.
    bool is_needed() const { return needed_ != 0; }
    /// When the oldest command without a reply was added; not to be called when idle.
    std::uint64_t oldest() const { return ring_[head_].added; }

    /// Longest reply; a longer one ends the connection.
    static constexpr std::size_t max_reply = 16 << 20;

  private:
    struct Expected {
        Taker taker;
        std::uint64_t added;
    };
    /// Takes back what was appended since it was made, unless it is committed.
    class Draft {
      public:
        explicit Draft(Pipeline* pipeline)
            : pipeline_(pipeline), bytes_(pipeline->out_.size()), count_(pipeline->count_) {}
        ~Draft() {
            if (pipeline_ != nullptr) pipeline_->take_back(bytes_, count_);
        }
        Draft(const Draft&) = delete;
        Draft& operator=(const Draft&) = delete;
        void commit() { pipeline_ = nullptr; }

      private:
        Pipeline* pipeline_;
        std::size_t bytes_, count_;
    };
    struct FreeReader {
        void operator()(redisReader* reader) const { redisReaderFree(reader); }
    };

    void push(const Expected& expected);
    void take_back(std::size_t bytes, std::size_t count);
    void answer(const redisReply* reply);
    Expected& at(std::size_t i) { return ring_[(head_ + i) & (ring_.size() - 1)]; }

    std::string out_;
    std::size_t sent_ = 0;        ///< of out_
    std::vector<Expected> ring_;  ///< its size is a power of two
    std::size_t head_ = 0, count_ = 0;
    std::size_t needed_ = 0;       ///< takers that are
    std::size_t reply_bytes_ = 0;  ///< of the reply that is not whole yet, and of what came with it
    unsigned life_ = 0;            ///< counts connections: a taker may have ended the one that is fed
    bool broken_ = false;
    ReplyArena replies_;
    std::unique_ptr<redisReader, FreeReader> reader_;
};

}  // namespace webhook::store
