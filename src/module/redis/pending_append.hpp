#pragma once

#include "module/ngx/ngx.hpp"

#include <memory>
#include <string>
#include <string_view>

#include "module/redis/stream.hpp"
#include "store/append.hpp"

namespace webhook::module {

/// What became of an append. Views live only during the call that hands it over.
struct Appended {
    enum class State : std::uint8_t { accepted, duplicate, conflict, busy, unavailable };
    State state = State::unavailable;
    std::string_view stream_id;  ///< of accepted
    std::string_view reason;     ///< of busy and unavailable, for the log
};

/// One append on its way to Redis and back.
///
///     free -> gathered -> sent -> (undoing) -> free
///
/// It belongs to the client from submit() until it has called `done`, exactly once, on every path: while it
/// is gathered to their queue, then to the transaction or undo whose reply is expected. Once it is sent it
/// may outlive the request, which detaches by clearing `owner`.
struct Operation {
    using Done = void (*)(void* owner, const Appended& appended);

    ngx_queue_t link;  ///< gathered: place in the order; free: in the free list
    bool is_sent = false;
    void* owner = nullptr;  ///< nullptr: nobody waits any more
    Done done = nullptr;
    const store::NewEvent* event = nullptr;  ///< valid while `owner` is
    Stream* stream = nullptr;
    unsigned partition = 0;
    std::size_t gathered_bytes = 0;  ///< what it counts among the gathered ones
    std::uint64_t bytes = 0;         ///< of the entry, as limits count it
    store::Identity identity;
    std::string undo;  ///< entry that is being taken back

    void detach() {
        owner = nullptr;
        event = nullptr;
    }
};

/// Gives an operation back.
struct GiveBack {
    void operator()(Operation* operation) const;
};
/// An operation that is counted, and is given back on whatever way it is left.
using OwnOperation = std::unique_ptr<Operation, GiveBack>;

/// The operations of this process: a free list, so that the hot path does not allocate, and a bound.
class Operations {
  public:
    Operations() { ngx_queue_init(&free_); }
    ~Operations();
    Operations(const Operations&) = delete;
    Operations& operator=(const Operations&) = delete;

    /// nullptr when `limit` are under way or memory is out.
    OwnOperation take(ngx_uint_t limit);
    ngx_uint_t under_way() const { return under_way_; }

  private:
    friend GiveBack;
    void give_back(Operation* operation);

    static constexpr ngx_uint_t max_free = 256;  ///< a burst's memory is given back beyond that
    ngx_queue_t free_;
    ngx_uint_t under_way_ = 0, free_count_ = 0;
};

/// All operations of this process, over all servers.
Operations& operations();

}  // namespace webhook::module
