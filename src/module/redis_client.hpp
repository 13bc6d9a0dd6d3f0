#pragma once

#include "module/ngx.hpp"

#include <hiredis/async.h>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "module/operation.hpp"
#include "module/own_event.hpp"
#include "module/pool.hpp"
#include "module/redis_events.hpp"
#include "module/stream.hpp"
#include "store/reply_arena.hpp"

namespace webhook::module {

/// This worker process' connection to one Redis server: connects by itself, tests the server, and carries
/// appends.
///
///     waiting --timer--> connecting --> greeting (AUTH, SELECT, INFO) --> preparing (streams) --> ready
///        ^                    |              |                               |                     |
///        +--------------------+--------------+--- any failure: drop() -------+---------------------+
///
/// Only `ready` takes appends; in every other state the answer is `unavailable` at once. Replies come in the
/// order of the commands, so a reply that is late ends the connection and with it everything that was under
/// way.
///
/// hiredis parses replies and keeps the callbacks; the bytes to send are kept and written here. Appends are gathered
/// while Redis has two transactions to do, at least for a turn of the event loop; then small events travel together in one
/// (the step in Redis costs a third for each of sixteen of what it costs for one), and everything leaves in one write.
class RedisClient {
  public:
    RedisClient(RedisServer* server, ngx_log_t* log);
    /// Everything under way is answered `unavailable`.
    ~RedisClient();
    RedisClient(const RedisClient&) = delete;
    RedisClient& operator=(const RedisClient&) = delete;

    void connect();
    bool ready() const { return state_ == State::ready; }

    /// Sends the event of `operation` (stream, partition, id, event, owner and done are set by the caller).
    /// True: it is under way and `done` will be called; else `refused` says why not, and the operation stays
    /// the caller's.
    bool submit(Operation* operation, Appended* refused);
    /// The request behind `operation` ends, and its event with it: one that still waits for its turn is sent first, for its
    /// sender has done his part. `done` is not called, for this or another one.
    void let_go(Operation* operation);

    /// A command of somebody else on this connection; lives until `done` was called.
    struct Command {
        /// `reply` nullptr: the connection was lost.
        void (*done)(Command* command, const redisReply* reply) = nullptr;
    };
    /// Sends RESP bytes of one command, at the start of this process as soon as Redis is ready. False: it was not sent,
    /// problem() says why, and `done` is not called.
    bool send(std::string_view resp, Command* command);
    /// Why nothing can be sent now; lives until the next change of state.
    std::string_view problem() const;

    /// Ends the connection (not to be called from a hiredis callback), answers what is under way, and plans
    /// the next try.
    void drop(std::string_view reason);

    // The event side.
    RedisEvents& events() { return events_; }
    void on_output();
    void on_readable();
    void on_writable();
    void on_context_freed();

  private:
    /// Events that travel in one transaction.
    struct Batch {
        static constexpr std::size_t capacity = 32;
        std::size_t count = 0;
        Operation* operation[capacity] = {};
        std::string problem;  ///< why a command was not queued
    };
    /// A command that waits for the start.
    struct Early {
        std::string resp;
        Command* command;
    };
    enum class State : std::uint8_t { waiting, connecting, greeting, preparing, ready };

    // Connecting and testing: redis_client.cpp.
    void on_connected(int status);
    void greet();
    void ask_server();
    void expect_greeting();
    void on_loaded(const redisReply* reply);
    void on_greeting(const redisReply* reply);
    void prepare_streams();
    void on_prepared(const redisReply* reply);
    void begin_stream();
    void judge_partition(const store::Appender::Prepared& prepared, unsigned partitions);
    void judge_stream(Stream* stream);
    void finish_prepare();
    void start_test();
    void on_life_timer();
    void on_failed() { drop({}); }
    void set_life_timer(ngx_msec_t delay);
    /// Runs work at a frame that hiredis or nginx called; false: it threw, which ends the connection.
    template <class Work>
    bool shielded(Work&& work);
    /// Keeps a text for a message; the message is empty when memory is out.
    void keep(std::string_view text, std::string* where);
    void fail_soon(std::string_view reason);
    void note_down(std::string_view reason);
    void note_ready();
    ngx_msec_t backoff();
    /// The first connection of this process is on its way: events and commands wait for it, so that a reload refuses none.
    bool is_starting() const { return noted_.empty() && state_ != State::ready && state_ != State::waiting; }

    // Appending: redis_append.cpp.
    void gather(Operation* operation);
    /// Gathered events leave when Redis may run out of work, or when they fill a transaction.
    bool is_due() const;
    /// What is gathered leaves; what cannot be sent is answered.
    void send_gathered();
    void send_sendable();
    void send_sorted(Batch* batch);
    void send_events(Operation* const* operations, std::size_t count);
    void refuse(ngx_queue_t* operations);
    void add_under_way(Operation* operation);
    void on_queued(const redisReply* reply);
    void on_executed(const redisReply* reply);
    void on_append(Operation* operation, const redisReply* reply, const store::Appender::Reply& answer);
    void on_refused(Operation* operation, std::string_view error);
    void on_broken(Operation* operation, const store::Appender::Reply& reply);
    void on_undone(Operation* operation, const redisReply* reply);
    void end_undo(Operation* operation, const redisReply* reply);
    void distrust();         ///< nothing new goes out; what is under way still gets its reply, or is undone
    void leave_when_idle();  ///< ends the connection that is not trusted once nothing is under way
    void finish(Operation* operation, const Appended& appended);
    void on_command_timer();

    /// What hiredis calls: `method` with the reply (nullptr: the connection was lost), before it the Data that expect() was
    /// given. What it throws ends the connection and does not reach hiredis.
    template <auto method, class... Data>
    static void forward(redisAsyncContext* context, void* reply, void* data);
    bool expect(redisCallbackFn* callback, void* data = nullptr);
    void send_early();
    void on_reply(Command* command, const redisReply* reply);
    void on_unasked(const redisReply*) {}
    void flush();
    void write_out();
    bool has_unasked_input();
    void look_behind();

    RedisServer* server_;
    ngx_log_t* log_;
    RedisEvents events_;
    store::ReplyArena replies_;
    redisAsyncContext* context_ = nullptr;
    State state_ = State::waiting;

    std::string out_;           ///< bytes for the socket
    std::size_t out_sent_ = 0;  ///< of them written already
    OwnEvent flush_event_;      ///< posted: the turn's commands leave together
    OwnEvent fail_event_;       ///< posted: drop() outside of hiredis' callbacks
    /// Reconnect, connect timeout, health check; by state. Cancelable unless events wait for the start.
    OwnEvent life_timer_;
    OwnEvent command_timer_;  ///< keeps a worker that exits only while something is under way

    ngx_queue_t gathered_;            ///< operations that wait for their turn, or for the start
    std::size_t gathered_bytes_ = 0;  ///< of their bodies
    std::size_t gathered_count_ = 0;
    ngx_queue_t under_way_;  ///< operations that were sent, oldest first
    std::vector<Early> early_;
    std::deque<Batch> batches_;  ///< transactions under way, in the order of their replies
    unsigned tries_ = 0;         ///< failed in a row
    std::size_t next_endpoint_ = 0;
    unsigned greetings_due_ = 0;
    bool testing_ = false;         ///< a health check is under way
    bool freeing_ = false;         ///< in the destructor: no further tries
    std::size_t test_stream_ = 0;  ///< whose reply comes next
    unsigned test_partition_ = 0;
    std::string test_problem_;
    std::uint64_t test_backlog_ = 0, test_backlog_bytes_ = 0;
    std::string reason_;        ///< why drop() was called
    std::string noted_;         ///< the last failure that was logged; empty while all is well
    ngx_uint_t undo_lost_ = 0;  ///< entries that could not be taken back
};

/// Bytes that may wait for the socket; beyond, appends are refused as busy.
inline constexpr std::size_t max_output = 64 << 20;

template <class Work>
bool RedisClient::shielded(Work&& work) {
    if (guarded(log_, false, [&] { return work(), true; })) return true;
    fail_soon("out of memory");  // half a command may have been written
    return false;
}

template <auto method, class... Data>
void RedisClient::forward(redisAsyncContext* context, void* reply, void* data) {
    auto* self = static_cast<RedisClient*>(context->data);
    self->shielded([&] {
        if (reply != nullptr) self->look_behind();
        (self->*method)(static_cast<Data*>(data)..., static_cast<const redisReply*>(reply));
    });
}

}  // namespace webhook::module
