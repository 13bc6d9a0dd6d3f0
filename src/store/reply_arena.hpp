#pragma once

#include <hiredis/hiredis.h>

#include <cstddef>
#include <memory_resource>

namespace webhook::store {

/// Memory of the reply that a connection reads or hands to its callback, all in one block, where hiredis
/// itself allocates and frees two pieces for each part. hiredis has one reply at a time: the next one takes
/// the place of the last.
class ReplyArena {
  public:
    ReplyArena();
    ReplyArena(const ReplyArena&) = delete;
    ReplyArena& operator=(const ReplyArena&) = delete;

    /// From now on the reader's replies lie here; the arena must outlive the reader.
    void serve(redisReader* reader);

  private:
    template <auto fill, class... Values>
    static void* make(const redisReadTask* task, Values... values) noexcept;
    redisReply* place(const redisReadTask& task);
    void* take(std::size_t size) { return memory_.allocate(size, alignof(redisReply)); }
    void fill_text(redisReply* reply, char* text, std::size_t size);
    void fill_array(redisReply* reply, std::size_t count);
    void fill_integer(redisReply* reply, long long value);
    void fill_nil(redisReply* reply);

    alignas(std::max_align_t) std::byte block_[8192];  ///< enough for the reply to a full transaction
    std::pmr::monotonic_buffer_resource memory_{block_, sizeof block_};
    redisReplyObjectFunctions functions_{};
};

}  // namespace webhook::store
