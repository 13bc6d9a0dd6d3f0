#pragma once

#include "module/ngx/ngx.hpp"

#include <string>
#include <string_view>

#include "module/ngx/socket_address.hpp"
#include "module/ngx/timer.hpp"
#include "module/redis/wire.hpp"

namespace webhook::module {

/// A connection to a Redis server in nginx' event loop: connects, sends, receives, and ends when a reply is
/// late. Bytes go through `recv` and `send` of nginx' own connection.
///
///     closed --connect()--> connecting --> connected
///        ^                      |              |
///        +------- lose() -------+--------------+
///
/// Commands that are added in one turn of the loop leave in one write at its end.
class Connection final : public Wire {
  public:
    /// Called from the event loop, never from within connect(), send() or fail().
    class Owner {
      public:
        virtual void on_connected() = 0;
        /// Called just before bytes are written: more may be sent.
        virtual void on_turn() = 0;
        /// Every reply that was asked for is there. May close the connection.
        virtual void on_idle() = 0;
        /// The connection is closed. Afterwards each reply that is missing is answered by nullptr.
        virtual void on_lost(std::string_view reason) = 0;

      protected:
        ~Owner() = default;
    };
    struct Patience {
        ngx_msec_t connect, reply;
    };

    Connection(Owner* owner, Patience patience, ngx_log_t* log);
    ~Connection() { close(); }

    /// Begins to connect. nullptr: under way, on_connected() or on_lost() follows; else why it failed, and
    /// nothing follows.
    const char* connect(const SocketAddress& address);
    bool is_open() const { return peer_ != nullptr; }

    /// on_turn() and a write follow at the end of the loop's turn.
    void schedule();
    void flush() override;

    /// Ends the connection once the event loop is back in charge; the first reason counts.
    void fail(std::string_view reason);
    /// Ends it at once.
    void lose(std::string_view reason);
    /// Ends it at once, without on_lost().
    void close();

    /// Makes a worker that exits wait for everything while `on`; else it waits for needed replies only.
    void hold_worker(bool on);

  private:
    void on_added() override;
    static void on_event(ngx_event_t* event);
    void on_readable();
    void on_writable();
    bool finish_connecting();
    /// False: the connection is lost.
    bool read();
    void on_turn();
    void on_failed();
    void on_timer();
    void watch();
    void let_worker_go();
    void disconnect();

    Owner* owner_;
    Patience patience_;
    ngx_log_t quiet_log_;  ///< keeps nginx from a line for each try: the owner logs changes
    ngx_connection_t* peer_ = nullptr;
    Timer turn_event_;    ///< posted: the turn's commands leave together
    Timer fail_event_;    ///< posted: lose() outside of takers
    Timer timer_;         ///< connecting, then replies
    std::string reason_;  ///< of fail()
    bool connecting_ = false, failing_ = false, held_ = false;
};

}  // namespace webhook::module
