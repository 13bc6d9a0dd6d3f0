#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "module/redis/pending_append.hpp"
#include "module/redis/stream.hpp"
#include "module/redis/wire.hpp"
#include "store/append.hpp"

namespace webhook::module {

/// Bytes that may wait for the socket; beyond, appends are refused as busy.
inline constexpr std::size_t max_output = 64 << 20;

/// Appends events to streams over one wire, and answers each exactly once.
///
/// Appends are gathered while Redis has two transactions to do, at least for a turn of the event loop; then
/// small events travel together in one (sixteen together cost Redis a third each of what a single one does),
/// and everything leaves in one write.
class AppendQueue {
  public:
    class Owner {
      public:
        /// Ends the connection: Redis cannot be used.
        virtual void fail(std::string_view reason) = 0;
        /// Redis refused an event with an error that was not its stream's last one.
        virtual void on_refused(const Stream& stream, std::string_view error) = 0;
        /// A reply could not be read. The wire must end when its last reply is there; set_mode(closed) first.
        virtual void on_broken(const Stream& stream, std::string_view detail) = 0;
        /// The entry `append.undo` could not be taken back.
        virtual void on_undo_lost(const PendingAppend& append) = 0;
        /// A stream has another number of partitions than configured.
        virtual void on_wrong_partitions() = 0;

      protected:
        ~Owner() = default;
    };
    enum class Mode : std::uint8_t {
        closed,   ///< what is gathered is refused
        waiting,  ///< gathers, sends nothing
        open,
    };

    AppendQueue(Wire* wire, Owner* owner) : wire_(wire), owner_(owner) {}
    AppendQueue(const AppendQueue&) = delete;
    AppendQueue& operator=(const AppendQueue&) = delete;

    void set_mode(Mode mode) { mode_ = mode; }

    /// Takes an append whose event, stream, partition, identity, owner and done are set. True: it belongs to
    /// the queue, and `done` will be called; else `refused` says why not. Not to be called when closed.
    bool submit(OwnedAppend&& append, Appended* refused);
    /// Detaches `append` from its request, which ends, and its event with it: a gathered one is sent first,
    /// as its sender has sent all of it. `done` is not called, for this or another one.
    void let_go(PendingAppend* append);

    /// True when gathered events should leave at the end of this turn: Redis may run out of work, or they
    /// fill a transaction.
    bool is_due() const {
        return batches_.size() < transactions_ahead || gathered_.size() >= Batch::capacity;
    }
    bool has_gathered() const { return !gathered_.empty(); }
    /// Sends what is gathered, at the end of a turn when is_due(); what cannot be sent is answered.
    void on_turn();
    /// Answers all that is gathered: the connection was lost.
    void refuse_gathered();

    /// Ends the connection.
    void fail(std::string_view reason) { owner_->fail(reason); }

  private:
    /// Events that travel in one transaction.
    struct Batch {
        static constexpr std::size_t capacity = 32;
        std::size_t count = 0;
        PendingAppend* append[capacity] = {};
        std::string problem;  ///< why a command was not queued
    };
    /// Redis works on one while the next lies in its socket, so it never waits for this process.
    static constexpr std::size_t transactions_ahead = 2;

    void send_sendable();
    void send_sorted(Batch* batch);
    void send_transaction(PendingAppend* const* appends, std::size_t count);
    void forget_sent();
    void refuse(std::vector<PendingAppend*> appends);
    void on_queued(const redisReply* reply);
    void on_executed(const redisReply* reply);
    void on_append(PendingAppend* append, const redisReply* reply, const store::Appender::Reply& answer);
    void on_refused(PendingAppend* append, std::string_view error);
    void on_broken(PendingAppend* append, const store::Appender::Reply& reply);
    void send_undo(PendingAppend* append, std::string_view stream_id);
    void on_undone(PendingAppend* append, const redisReply* reply);
    void finish(PendingAppend* append, const Appended& appended);

    Wire* wire_;
    Owner* owner_;
    Mode mode_ = Mode::closed;
    std::vector<PendingAppend*> gathered_;  ///< in their order; keeps its capacity
    std::size_t gathered_bytes_ = 0;        ///< of their bodies
    std::deque<Batch> batches_;             ///< transactions under way, in the order of their replies
};

}  // namespace webhook::module
