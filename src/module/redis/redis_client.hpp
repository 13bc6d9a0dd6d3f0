#pragma once

#include "module/ngx/ngx.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/ngx/timer.hpp"
#include "module/redis/append_queue.hpp"
#include "module/redis/connection.hpp"
#include "module/redis/health_check.hpp"
#include "module/redis/name_lookup.hpp"
#include "module/redis/server.hpp"

namespace webhook::module {

/// Keeps this worker process connected to one Redis server: looks its address up, connects, has the server
/// tested, and says when appends and commands may go out.
///
///     waiting --timer--> resolving --> connecting --> examining --> ready
///
/// `examining` is HealthCheck's login and test. From `ready` two ways lead back:
///
///     moving        the host has another address: to `connecting` once all replies are there
///     distrusting   a broken reply: to `waiting` once all replies are there
///
/// Any failure leads to `waiting`. Only `ready` sends appends, and during the first connection and a move
/// they wait; in every other state the answer is `unavailable` at once. Replies come in the order of the
/// commands, so a reply that is late ends the connection and with it everything that was under way.
class RedisClient final : Connection::Owner, HealthCheck::Owner, AppendQueue::Owner {
  public:
    RedisClient(RedisServer* server, ngx_log_t* log);
    /// Answers everything under way `unavailable`.
    ~RedisClient();
    RedisClient(const RedisClient&) = delete;
    RedisClient& operator=(const RedisClient&) = delete;

    void connect();
    bool ready() const { return state_ == State::ready; }

    /// See AppendQueue::submit(); also refused while there is no usable connection.
    bool submit(OwnedAppend&& append, Appended* refused);
    /// See AppendQueue::let_go().
    void let_go(PendingAppend* append) { appends_.let_go(append); }

    /// Another user's command on this connection; lives until `done` was called.
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

    /// Ends the connection.
    void fail(std::string_view reason) override;

  private:
    enum class State : std::uint8_t { waiting, resolving, connecting, examining, ready, moving, distrusting };
    /// A command that waits for the start.
    struct Early {
        std::string resp;
        Command* command;
    };

    // Connection::Owner
    void on_connected() override;
    void on_turn() override;
    void on_idle() override;
    void on_lost(std::string_view reason) override;
    // HealthCheck::Owner
    void on_healthy() override;
    void on_info(std::string_view info) override;
    void on_stream_changed(const Stream& stream) override;
    // AppendQueue::Owner
    void on_refused(const Stream& stream, std::string_view error) override;
    void on_broken(const Stream& stream, std::string_view detail) override;
    void on_undo_lost(const PendingAppend& append) override;
    void on_wrong_partitions() override;

    /// Changes the state; the only place that does.
    void enter(State state);
    void open();
    void on_looked_up();
    void on_life_timer();
    void on_look_timer();
    void set_life_timer(ngx_msec_t delay);
    void move();
    ngx_msec_t backoff();
    void note_down(std::string_view reason);
    /// True while the connection is being made and nothing went wrong: events and commands wait for it, so
    /// that a reload refuses none.
    bool is_starting() const;
    /// Makes a worker that exits wait for the start, because events do.
    void hold_worker(bool on);
    void send_early();
    void on_reply(Command* command, const redisReply* reply);
    const char* url() const { return server_->address.url.c_str(); }

    RedisServer* server_;
    ngx_log_t* log_;
    Connection connection_;
    HealthCheck health_;
    AppendQueue appends_;
    std::unique_ptr<NameLookup> lookup_;  ///< nullptr: the address cannot change
    SocketAddress address_;               ///< that is connected to
    State state_ = State::waiting;
    bool closing_ = false;  ///< in the destructor: no further tries

    Timer life_timer_;  ///< reconnect, health check, patience with a look-up; by state
    Timer look_timer_;  ///< is the address in use still that of the host?

    std::vector<Early> early_;
    unsigned tries_ = 0;  ///< failed in a row
    std::size_t next_endpoint_ = 0;
    std::string noted_;         ///< the last failure that was logged; empty while all is well
    ngx_uint_t undo_lost_ = 0;  ///< entries that could not be taken back
};

}  // namespace webhook::module
