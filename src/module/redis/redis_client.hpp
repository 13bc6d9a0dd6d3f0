#pragma once

#include "module/ngx/ngx.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/ngx/pool.hpp"
#include "module/ngx/timer.hpp"
#include "module/redis/connection.hpp"
#include "module/redis/name_lookup.hpp"
#include "module/redis/pending_append.hpp"
#include "module/redis/stream.hpp"

namespace webhook::module {

/// This worker process' connection to one Redis server: connects by itself, tests the server, and carries
/// appends.
///
///     waiting --timer--> resolving --> connecting --> greeting (AUTH, SELECT, INFO) --> preparing (streams)
///     --> ready
///      ^  ^                  |  ^           |               |                               | |  | |
///      +------------------+--|-----------+---------------+--- any failure: on_lost()
///      ----+-------------------+  | |                        +----------------- moving: the host has another
///      address ---------------------------+
///      +- distrusting: until all replies are there -- a broken reply
///
/// Only `ready` sends appends, and during the first connection and a move they wait; in every other state the
/// answer is `unavailable` at once. Replies come in the order of the commands, so a reply that is late ends
/// the connection and with it everything that was under way.
///
/// Appends are gathered while Redis has two transactions to do, at least for a turn of the event loop; then
/// small events travel together in one (the step in Redis costs a third for each of sixteen of what it costs
/// for one), and everything leaves in one write.
class RedisClient final : Connection::Owner {
  public:
    RedisClient(RedisServer* server, ngx_log_t* log);
    /// Everything under way is answered `unavailable`.
    ~RedisClient();
    RedisClient(const RedisClient&) = delete;
    RedisClient& operator=(const RedisClient&) = delete;

    void connect();
    bool ready() const { return state_ == State::ready; }

    /// Sends the event of `operation` (stream, partition, id, event, owner and done are set by the caller).
    /// True: it is under way, belongs to the client and `done` will be called; else `refused` says why not.
    bool submit(OwnOperation&& operation, Appended* refused);
    /// The request behind `operation` ends, and its event with it: one that still waits for its turn is sent
    /// first, for its sender has done his part. `done` is not called, for this or another one.
    void let_go(Operation* operation);

    /// A command of somebody else on this connection; lives until `done` was called.
    struct Command {
        /// `reply` nullptr: the connection was lost.
        void (*done)(Command* command, const redisReply* reply) = nullptr;
        bool is_needed = true;  ///< a worker that exits waits for the reply
    };
    /// Sends RESP bytes of one command, at the start of this process as soon as Redis is ready. False: it was
    /// not sent, problem() says why, and `done` is not called.
    bool send(std::string_view resp, Command* command);
    /// Why nothing can be sent now; lives until the next change of state.
    std::string_view problem() const;

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
    enum class State : std::uint8_t {
        waiting,
        resolving,
        connecting,
        greeting,
        preparing,
        ready,
        moving,
        distrusting
    };

    // Of the connection: redis_client.cpp.
    void on_connected() override;
    void on_turn() override;
    void on_idle() override;
    void on_lost(std::string_view reason) override;
    void open();
    void on_looked_up();
    void on_life_timer();
    void on_look_timer();
    void set_life_timer(ngx_msec_t delay);
    void move();
    /// Runs work at a frame that nginx called; false: it threw, which ends the connection.
    template <class Work>
    bool shielded(Work&& work);
    /// Keeps a text for a message; the message is empty when memory is out.
    void keep(std::string_view text, std::string* where);
    void fail(std::string_view reason);
    void note_down(std::string_view reason);
    void note_ready();
    ngx_msec_t backoff();
    /// The connection is on its way and nothing went wrong: events and commands wait for it, so that a reload
    /// refuses none.
    bool is_starting() const;
    /// A worker that exits waits for the start, because events do.
    void hold_worker(bool on);
    void send_early();
    void on_reply(Command* command, const redisReply* reply);

    // Whether the server can be used: redis_greeting.cpp.
    void greet();
    void ask_server();
    template <class Write>
    void send_greeting(const Write& write);
    bool is_examined(const redisReply* reply) const;
    void on_loaded(const redisReply* reply);
    void on_greeting(const redisReply* reply);
    void note_persistence(std::string_view info);
    void choose_tested();
    void prepare_streams();
    void on_prepared(const redisReply* reply);
    void begin_stream();
    void judge_partition(const store::Appender::Prepared& prepared, unsigned partitions);
    void judge_stream(Stream* stream);
    void finish_prepare();
    void start_test();

    // Appending: redis_append.cpp.
    void gather(Operation* operation);
    /// Gathered events leave when Redis may run out of work, or when they fill a transaction.
    bool is_due() const;
    /// What is gathered leaves; what cannot be sent is answered.
    void send_gathered();
    void send_sendable();
    void send_sorted(Batch* batch);
    void send_events(Operation* const* operations, std::size_t count);
    void leave_gathered(Operation* operation);
    void refuse_gathered();
    void on_queued(const redisReply* reply);
    void on_executed(const redisReply* reply);
    void on_append(Operation* operation, const redisReply* reply, const store::Appender::Reply& answer);
    void on_refused(Operation* operation, std::string_view error);
    void on_broken(Operation* operation, const store::Appender::Reply& reply);
    void on_undone(Operation* operation, const redisReply* reply);
    void distrust();  ///< nothing new goes out; what is under way still gets its reply, or is undone
    void finish(Operation* operation, const Appended& appended);

    /// What the connection calls: `method` with the reply (nullptr: the connection was lost), before it the
    /// Data that was given. What it throws ends the connection.
    template <auto method, class... Data>
    store::Taker taker(unsigned replies, bool is_needed, Data*... data);

    RedisServer* server_;
    ngx_log_t* log_;
    Connection connection_;
    std::unique_ptr<NameLookup> lookup_;  ///< nullptr: the address cannot change
    SocketAddress address_;               ///< that is connected to
    State state_ = State::waiting;

    OwnEvent life_timer_;  ///< reconnect, health check, patience with a look-up; by state
    OwnEvent look_timer_;  ///< is the address in use still that of the host?

    ngx_queue_t gathered_;            ///< operations that wait for their turn, or for the start
    std::size_t gathered_bytes_ = 0;  ///< of their bodies
    std::size_t gathered_count_ = 0;
    std::vector<Early> early_;
    std::deque<Batch> batches_;  ///< transactions under way, in the order of their replies
    unsigned tries_ = 0;         ///< failed in a row
    std::size_t next_endpoint_ = 0;
    unsigned greetings_due_ = 0;
    bool testing_ = false;         ///< a health check is under way
    bool freeing_ = false;         ///< in the destructor: no further tries
    std::vector<Stream*> tested_;  ///< by the present test
    std::size_t test_stream_ = 0;  ///< of these, whose reply comes next
    std::size_t quiet_ = 0;        ///< the stream that was tested last although nothing happens to it
    ngx_msec_t quiet_tested_ = 0;  ///< when that was
    unsigned test_partition_ = 0;
    std::string test_problem_;
    std::uint64_t test_backlog_ = 0, test_backlog_bytes_ = 0;
    std::string noted_;         ///< the last failure that was logged; empty while all is well
    ngx_uint_t undo_lost_ = 0;  ///< entries that could not be taken back
};

/// Bytes that may wait for the socket; beyond, appends are refused as busy.
inline constexpr std::size_t max_output = 64 << 20;

template <class Work>
bool RedisClient::shielded(Work&& work) {
    if (guarded(log_, false, [&] { return work(), true; })) return true;
    fail("out of memory");
    return false;
}

template <auto method, class... Data>
store::Taker RedisClient::taker(unsigned replies, bool is_needed, Data*... data) {
    static_assert(sizeof...(Data) <= 1);
    const auto take = [](void* owner, [[maybe_unused]] void* given, const redisReply* reply) {
        auto* self = static_cast<RedisClient*>(owner);
        self->shielded([&] { (self->*method)(static_cast<Data*>(given)..., reply); });
    };
    void* const pointers[] = {data..., nullptr};
    return {take, this, pointers[0], replies, is_needed};
}

}  // namespace webhook::module
