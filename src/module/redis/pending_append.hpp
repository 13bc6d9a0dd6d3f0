#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/redis/stream.hpp"
#include "store/append.hpp"

namespace webhook::module {

/// Result of an append. Views live only during the call that hands it over.
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
/// It belongs to the queue from submit() until that has called `done`, exactly once, on every path: while it
/// is gathered, then to the transaction or undo whose reply is expected. Once it is sent it may outlive the
/// request, which detaches by clearing `owner`.
struct PendingAppend {
    using Done = void (*)(void* owner, const Appended& appended);

    bool is_sent = false;
    void* owner = nullptr;  ///< nullptr: no request waits for it any more
    Done done = nullptr;
    const store::NewEvent* event = nullptr;  ///< valid while `owner` is
    Stream* stream = nullptr;
    unsigned partition = 0;
    std::size_t gathered_bytes = 0;  ///< its share of the gathered bytes
    std::uint64_t bytes = 0;         ///< of the entry, as limits count it
    store::Identity identity;
    std::string undo;  ///< entry that is being taken back

    void detach() {
        owner = nullptr;
        event = nullptr;
    }
};

/// Gives an append back to the free list.
struct GiveBack {
    void operator()(PendingAppend* append) const;
};
/// An append that is counted, and given back on every path.
using OwnedAppend = std::unique_ptr<PendingAppend, GiveBack>;

/// The appends of this process: a free list, so that the hot path does not allocate, and a bound.
class PendingAppends {
  public:
    PendingAppends() { free_.reserve(max_free); }
    PendingAppends(const PendingAppends&) = delete;
    PendingAppends& operator=(const PendingAppends&) = delete;

    /// Takes one from the free list; nullptr when `limit` are under way or memory is out.
    OwnedAppend take(std::size_t limit);
    std::size_t under_way() const { return under_way_; }

  private:
    friend GiveBack;
    void give_back(PendingAppend* append);

    static constexpr std::size_t max_free = 256;  ///< a burst's memory is given back beyond that
    std::vector<std::unique_ptr<PendingAppend>> free_;
    std::size_t under_way_ = 0;
};

/// Returns the appends of this process, over all servers.
PendingAppends& pending_appends();

}  // namespace webhook::module
